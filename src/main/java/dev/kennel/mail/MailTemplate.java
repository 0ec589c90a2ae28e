package dev.kennel.mail;

import org.jspecify.annotations.Nullable;

/**
 * The template of a kind of mail. A mail is written when it is sent, so that no secret
 * waits in the database. Each retry writes it again.
 */
public interface MailTemplate {

	/**
	 * Returns the kind of its mails.
	 * @return a name that no other template has
	 */
	String kind();

	/**
	 * Writes a mail.
	 * @param subject the subject of the mail job
	 * @return the mail, or null if there is nothing to send any more
	 */
	@Nullable MailMessage write(String subject);

}
