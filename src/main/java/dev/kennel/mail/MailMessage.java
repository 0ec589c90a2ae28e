package dev.kennel.mail;

/**
 * A mail that is ready to be sent.
 *
 * @param to the address that it goes to
 * @param subject what it is about
 * @param text the text, in plain
 */
public record MailMessage(String to, String subject, String text) {

	/** Says nothing of the letter: there may be a secret in it. */
	@Override
	public String toString() {
		return "Letter[]";
	}

}
