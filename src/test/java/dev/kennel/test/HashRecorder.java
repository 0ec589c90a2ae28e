package dev.kennel.test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.security.crypto.password.PasswordEncoder;

/** Records which passwords are hashed, and at which cost. */
public class HashRecorder implements BeanPostProcessor {

	private final List<String> hashes = new CopyOnWriteArrayList<>();

	@Override
	public Object postProcessAfterInitialization(Object bean, String name) {
		return (bean instanceof PasswordEncoder encoder) ? new Recording(encoder) : bean;
	}

	/**
	 * Records the hashes that requests compute.
	 * @param requests sends them
	 * @return for each comparison, the algorithm and cost of the hash that is compared
	 * with, and for each new hash {@code new}, in order
	 */
	public List<String> record(Runnable requests) {
		this.hashes.clear();
		requests.run();
		return new ArrayList<>(this.hashes);
	}

	private final class Recording implements PasswordEncoder {

		private final PasswordEncoder encoder;

		Recording(PasswordEncoder encoder) {
			this.encoder = encoder;
		}

		@Override
		public @Nullable String encode(@Nullable CharSequence password) {
			HashRecorder.this.hashes.add("new");
			return this.encoder.encode(password);
		}

		@Override
		public boolean matches(@Nullable CharSequence password, @Nullable String hash) {
			// All but the salt and the hash itself.
			HashRecorder.this.hashes.add(String.valueOf(hash).replaceFirst("\\$[^$]*\\$[^$]*$", ""));
			return this.encoder.matches(password, hash);
		}

		@Override
		public boolean upgradeEncoding(@Nullable String hash) {
			return this.encoder.upgradeEncoding(hash);
		}

	}

}
