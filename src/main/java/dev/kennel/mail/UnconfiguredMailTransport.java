package dev.kennel.mail;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers no mail: neither a server nor a directory is configured. Each delivery fails
 * like one that a mail server refuses, so that the job stays in the outbox, and mails
 * enqueued shortly before the server is configured are still sent.
 */
class UnconfiguredMailTransport implements MailTransport {

	private static final Logger logger = LoggerFactory.getLogger(UnconfiguredMailTransport.class);

	UnconfiguredMailTransport() {
		logger.warn("Mails are not sent: set spring.mail.host to send them, or kennel.mail.directory to write them to "
				+ "files. Until then they wait, for half a day at most");
	}

	@Override
	public void deliver(MailMessage mail) {
		throw new MailNotConfiguredException();
	}

}
