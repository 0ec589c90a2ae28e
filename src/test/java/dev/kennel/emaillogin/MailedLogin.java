package dev.kennel.emaillogin;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.kennel.test.TestMail;

/**
 * The mail of a log-in.
 *
 * @param code its code
 * @param token the token of its link
 */
public record MailedLogin(String code, String token) {

	private static final Pattern CODE = Pattern.compile("(?m)^(\\d{6})\\r?$");

	/**
	 * Waits for a mail.
	 * @param address the address
	 * @param number the number of mails to wait for
	 * @return the last of them
	 */
	public static MailedLogin await(String address, int number) {
		String mail = TestMail.await(address, number);
		Matcher matcher = CODE.matcher(mail);
		if (!matcher.find()) {
			throw new AssertionError("No code in " + mail);
		}
		return new MailedLogin(matcher.group(1), TestMail.awaitToken(address, number));
	}

	/**
	 * Returns another code.
	 * @return six digits
	 */
	public String wrongCode() {
		return this.code.equals("000000") ? "000001" : "000000";
	}

}
