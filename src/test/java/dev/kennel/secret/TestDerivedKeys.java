package dev.kennel.secret;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;

/** Keys of the same bytes as their ids. The current one is "old" at first. */
public final class TestDerivedKeys implements DerivedKeys {

	private String current = "old";

	private final Map<String, SecretKey> known = new HashMap<>();

	public TestDerivedKeys() {
		add("old");
	}

	private void add(String id) {
		this.known.put(id, new SecretKeySpec(Arrays.copyOf(id.getBytes(StandardCharsets.US_ASCII), 32), "AES"));
	}

	/** Adds the key "new", which becomes the current one. */
	public void rotate() {
		add("new");
		this.current = "new";
	}

	/** Removes the key "old". */
	public void removeOld() {
		this.known.remove("old");
	}

	@Override
	public String currentId() {
		return this.current;
	}

	@Override
	public @Nullable SecretKey derive(String id, String purpose) {
		return this.known.get(id);
	}

}
