package dev.kennel.throttle;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

import dev.kennel.identity.Client;

/** Clients at addresses that no other test has. */
public final class TestClient {

	private TestClient() {
	}

	/**
	 * Returns a random address of 10.0.0.0/8.
	 * @return the address
	 */
	public static String address() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		return "10." + random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(1, 255);
	}

	/** Returns a random /48, without the colon after it. */
	static String site() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		return "2001:" + HexFormat.of().toHexDigits((short) random.nextInt()) + ":"
				+ HexFormat.of().toHexDigits((short) random.nextInt());
	}

	/** Returns a signed-out client at a random address. */
	static Client create() {
		return at(address());
	}

	/** Returns the signed-out client at an address. */
	static Client at(String address) {
		return new Client(address, null, "test", null);
	}

}
