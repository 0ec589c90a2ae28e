package dev.kennel.mail;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.mail.MailParseException;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.mail.javamail.JavaMailSender;

/** Sends mails to a mail server. */
class SmtpMailTransport implements MailTransport {

	private static final Logger logger = LoggerFactory.getLogger(SmtpMailTransport.class);

	private final JavaMailSender server;

	private final String from;

	SmtpMailTransport(JavaMailSender server, String from) {
		this.server = server;
		this.from = from;
	}

	@Override
	public void deliver(MailMessage mail) {
		SimpleMailMessage message = new SimpleMailMessage();
		message.setFrom(this.from);
		message.setTo(Mailbox.toAscii(mail.to()));
		message.setSubject(mail.subject());
		message.setText(mail.text());
		try {
			this.server.send(message);
		}
		catch (MailParseException ex) {
			logger.warn("A mail is not sent, because its address can't be parsed");
		}
	}

}
