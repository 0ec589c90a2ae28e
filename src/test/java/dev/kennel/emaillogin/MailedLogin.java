package dev.kennel.emaillogin;

import java.util.List;
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

	private static final Pattern CONTENT = Pattern.compile("(?ms)^(\\d{6})\\r?$.*#token=([A-Za-z0-9_-]+)");

	/**
	 * Waits for a mail, whatever other mails the address gets.
	 * @param address the address
	 * @param number the number of such mails to wait for
	 * @return the last of them
	 */
	public static MailedLogin await(String address, int number) {
		return TestMail.await(() -> to(address), (mails) -> mails.size() >= number).get(number - 1);
	}

	private static List<MailedLogin> to(String address) {
		return TestMail.to(address)
			.stream()
			.map(CONTENT::matcher)
			.filter(Matcher::find)
			.map((content) -> new MailedLogin(content.group(1), content.group(2)))
			.toList();
	}

	/**
	 * Returns another code.
	 * @return six digits
	 */
	public String wrongCode() {
		return this.code.equals("000000") ? "000001" : "000000";
	}

}
