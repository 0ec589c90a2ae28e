package dev.kennel.mail;

import org.springframework.mail.MailException;

/** Delivers mails. */
interface MailTransport {

	/**
	 * Delivers a mail.
	 * @throws MailException if the delivery failed and should be retried
	 */
	void deliver(MailMessage mail);

}
