package dev.kennel.mail;

import org.jspecify.annotations.Nullable;

/**
 * Writes a kind of letter at the moment when it is sent, so that nothing that is secret
 * waits in the store. A letter that could not be sent is written anew.
 */
public interface MailTemplate {

	/**
	 * Answers which kind of letter it writes.
	 * @return a name that no other writer has
	 */
	String kind();

	/**
	 * Writes a letter.
	 * @param subject what the letter was ordered with
	 * @return the letter, or null if there is nothing to send any more
	 */
	@Nullable MailMessage write(String subject);

}
