package dev.kennel.mail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.UUID;

import dev.kennel.database.embedded.PrivateFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.mail.MailSendException;

/**
 * Writes mails to files that only the user of the process can read, in the format of mail
 * programs.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5322">RFC 5322</a>
 */
class FileMailTransport implements MailTransport {

	private static final Logger logger = LoggerFactory.getLogger(FileMailTransport.class);

	private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss-SSS");

	private final Path directory;

	private final String from;

	private final Clock clock;

	FileMailTransport(Path directory, String from, Clock clock) {
		this.directory = directory.toAbsolutePath().normalize();
		this.from = from;
		this.clock = clock;
		logger.info("Mails are not sent, but written to {}: set spring.mail.host to send them", this.directory);
	}

	@Override
	public void deliver(MailMessage mail) {
		ZonedDateTime now = this.clock.instant().atZone(ZoneOffset.UTC);
		String text = "Date: " + DateTimeFormatter.RFC_1123_DATE_TIME.format(now) + "\nFrom: " + this.from + "\nTo: "
				+ Mailbox.toAscii(mail.to()) + "\nSubject: " + mail.subject()
				+ "\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n"
				+ mail.text();
		String name = NAME.format(now) + "-" + UUID.randomUUID().toString().substring(0, 8) + ".eml";
		try {
			PrivateFiles.createDirectories(this.directory);
			Path unfinished = this.directory.resolve(name + ".unfinished");
			PrivateFiles.createFile(unfinished);
			Files.write(unfinished, text.getBytes(StandardCharsets.UTF_8));
			Files.move(unfinished, this.directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			throw new MailSendException("The mail can't be written", ex);
		}
	}

}
