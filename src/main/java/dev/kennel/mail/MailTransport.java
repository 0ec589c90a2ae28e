package dev.kennel.mail;

import org.springframework.mail.MailException;

/** Brings letters away. */
interface MailTransport {

	/**
	 * Brings a letter away.
	 * @throws MailException if it may be tried again
	 */
	void deliver(MailMessage letter);

}
