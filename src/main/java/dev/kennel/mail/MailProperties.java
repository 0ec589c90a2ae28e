package dev.kennel.mail;

import java.nio.file.Path;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.validation.constraints.AssertTrue;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of mails. The mail server is configured under {@code spring.mail}.
 *
 * @param from the sender of mails; {@code kennel@} and the host of
 * {@code kennel.web.base-url} if empty
 * @param directory the directory that mails are written to while there is no mail server;
 * relative to the working directory
 */
@Validated
@ConfigurationProperties("kennel.mail")
record MailProperties(@DefaultValue("") String from, @Nullable Path directory) {

	@AssertTrue(message = "kennel.mail.from has to be one mail address, as in Kennel <kennel@example.com>")
	boolean isFromAnAddress() {
		try {
			return this.from.isBlank() || new InternetAddress(this.from, true).getAddress().indexOf('@') > 0;
		}
		catch (AddressException ex) {
			return false;
		}
	}

}
