package dev.kennel.test;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;

/** The mail server of a test run. Each test uses its own addresses. */
public final class TestMail {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private static final Pattern TOKEN = Pattern.compile("#token=([A-Za-z0-9_-]+)");

	private static final GreenMail SERVER = start();

	private TestMail() {
	}

	private static GreenMail start() {
		GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
		server.start();
		return server;
	}

	/**
	 * Returns the SMTP port.
	 * @return the port
	 */
	public static int port() {
		return SERVER.getSmtp().getPort();
	}

	/**
	 * Returns the mails to an address.
	 * @param address the address
	 * @return the headers and the body of each, in the order of arrival
	 */
	public static List<String> to(String address) {
		return Arrays.stream(SERVER.getReceivedMessages())
			.filter((message) -> isTo(message, address))
			.map((message) -> GreenMailUtil.getHeaders(message) + "\n" + GreenMailUtil.getBody(message))
			.toList();
	}

	private static boolean isTo(MimeMessage message, String address) {
		try {
			return message.getAllRecipients()[0].toString().equals(address);
		}
		catch (MessagingException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Waits for a mail.
	 * @param address the address
	 * @param number the number of mails to wait for
	 * @return the last of them
	 */
	public static String await(String address, int number) {
		return await(() -> to(address), (mails) -> mails.size() >= number).get(number - 1);
	}

	/**
	 * Waits for a mail, and extracts its token.
	 * @param address the address
	 * @param number the number of mails to wait for
	 * @return the token in the last of them
	 */
	public static String awaitToken(String address, int number) {
		String mail = await(address, number);
		Matcher matcher = TOKEN.matcher(mail);
		if (!matcher.find()) {
			throw new AssertionError("No token in " + mail);
		}
		return matcher.group(1);
	}

	/**
	 * Polls a value until a condition holds.
	 * @param <T> the type of the value
	 * @param supplier reads the value
	 * @param condition the condition
	 * @return the last value
	 * @throws AssertionError if the condition does not hold in time
	 */
	public static <T> T await(Supplier<T> supplier, java.util.function.Predicate<T> condition) {
		long end = System.nanoTime() + TIMEOUT.toNanos();
		T value = supplier.get();
		while (!condition.test(value)) {
			if (System.nanoTime() > end) {
				throw new AssertionError("Still " + value);
			}
			java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
			value = supplier.get();
		}
		return value;
	}

}
