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

/** The one mail server of a test run. Each test has addresses of its own. */
public final class TestMail {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

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
	 * Answers where it listens.
	 * @return the port
	 */
	public static int port() {
		return SERVER.getSmtp().getPort();
	}

	/**
	 * Answers the mails that an address has got.
	 * @param address the address
	 * @return subject and text of each, in the order of their arrival
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
	 * @param number how many mails it has to have got
	 * @return the last of them
	 */
	public static String await(String address, int number) {
		return await(() -> to(address), (mails) -> mails.size() >= number).get(number - 1);
	}

	/**
	 * Waits for a mail, and takes the token out of it.
	 * @param address the address
	 * @param number how many mails it has to have got
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
	 * Looks until something is so.
	 * @param <T> what is looked at
	 * @param look looks
	 * @param enough whether it is so
	 * @return what was seen last
	 * @throws AssertionError if it is not so in the end
	 */
	public static <T> T await(Supplier<T> look, java.util.function.Predicate<T> enough) {
		long end = System.nanoTime() + PATIENCE.toNanos();
		T seen = look.get();
		while (!enough.test(seen)) {
			if (System.nanoTime() > end) {
				throw new AssertionError("Still " + seen);
			}
			java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
			seen = look.get();
		}
		return seen;
	}

}
