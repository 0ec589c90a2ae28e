package dev.kennel.factor;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;

import dev.kennel.test.Api;
import tools.jackson.databind.JsonNode;

import org.springframework.jdbc.core.simple.JdbcClient;

/** The authenticator app of an account, and its recovery codes. */
public final class Authenticator {

	private final byte[] secret;

	private final List<String> recoveryCodes;

	private Authenticator(byte[] secret, List<String> recoveryCodes) {
		this.secret = secret;
		this.recoveryCodes = recoveryCodes;
	}

	/**
	 * Sets up one-time codes, and uses up the code of the present step.
	 * @param client the client of the account, whose session has a recent proof
	 * @return the app
	 */
	public static Authenticator enrol(Api client) {
		byte[] secret = decode(begin(client));
		Api.Response confirmed = confirm(client, Totp.code(secret, step()));
		return new Authenticator(secret, recoveryCodes(confirmed.data().at("/confirmTotp")));
	}

	/**
	 * Removes the factors of an account by the statements of an operator's reset.
	 * @param jdbc the database
	 * @param username the username, in lower case
	 * @return whether the account had any
	 */
	public static boolean reset(JdbcClient jdbc, String username) {
		SecondFactorRepository factors = new SecondFactorRepository(jdbc);
		return factors.reset(Objects.requireNonNull(factors.lockByUsernameKey(username)));
	}

	static String begin(Api client) {
		return client.execute("mutation { beginTotp { secret } }").text("/beginTotp/secret");
	}

	static Api.Response confirm(Api client, String code) {
		return client.execute("""
				mutation ($input: ConfirmTotpInput!) {
				  confirmTotp(input: $input) { recoveryCodes user { secondFactor { kinds recoveryCodesLeft policy } } }
				}""", Map.of("input", Map.of("code", code)));
	}

	static List<String> recoveryCodes(JsonNode payload) {
		return StreamSupport.stream(payload.get("recoveryCodes").spliterator(), false).map(JsonNode::asString).toList();
	}

	static long step() {
		return Instant.now().getEpochSecond() / 30;
	}

	/**
	 * Returns a code that the service accepts, and that enrolling has not used up.
	 * @return the code
	 */
	public String nextCode() {
		return Totp.code(this.secret, step() + 1);
	}

	/** Returns a code that the service does not accept at any of its steps. */
	String wrongCode() {
		List<String> right = List.of(-2L, -1L, 0L, 1L, 2L, 3L)
			.stream()
			.map((offset) -> Totp.code(this.secret, step() + offset))
			.toList();
		return List.of("000000", "000001", "000002", "000003", "000004", "000005", "000006")
			.stream()
			.filter((code) -> !right.contains(code))
			.findFirst()
			.orElseThrow();
	}

	String recoveryCode(int index) {
		return this.recoveryCodes.get(index);
	}

	byte[] secret() {
		return this.secret;
	}

	/** Decodes base32 by its definition, five bits a character. */
	static byte[] decode(String text) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		int buffer = 0;
		int bits = 0;
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			buffer = (buffer << 5) | ((character >= 'A') ? character - 'A' : character - '2' + 26);
			bits += 5;
			if (bits >= 8) {
				bits -= 8;
				bytes.write(buffer >> bits);
				buffer &= (1 << bits) - 1;
			}
		}
		return bytes.toByteArray();
	}

}
