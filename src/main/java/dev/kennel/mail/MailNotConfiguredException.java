package dev.kennel.mail;

import org.springframework.mail.MailException;

/** Thrown if neither a mail server nor a directory for mails is configured. */
class MailNotConfiguredException extends MailException {

	MailNotConfiguredException() {
		super("Neither spring.mail.host nor kennel.mail.directory is set");
	}

}
