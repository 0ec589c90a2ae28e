package dev.kennel.mail;

/**
 * A mail that is ready to be sent.
 *
 * @param to the recipient's address
 * @param subject the subject line
 * @param text the plain text
 */
public record MailMessage(String to, String subject, String text) {

	/** Omits the content, which may contain a secret. */
	@Override
	public String toString() {
		return "MailMessage[]";
	}

}
