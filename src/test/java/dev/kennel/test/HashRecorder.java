package dev.kennel.test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Records which passwords the service hashes, at which cost, and how many at once; and
 * can keep the hashes from ending.
 */
public class HashRecorder implements BeanPostProcessor {

	private final AtomicInteger running = new AtomicInteger();

	private final AtomicInteger most = new AtomicInteger();

	private final List<String> hashes = new CopyOnWriteArrayList<>();

	private volatile @Nullable CountDownLatch held;

	@Override
	public Object postProcessAfterInitialization(Object bean, String name) {
		return (bean instanceof PasswordEncoder encoder) ? new Counted(encoder) : bean;
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

	/**
	 * Does something while no hash ends.
	 * @param work what to do
	 */
	public void holding(Runnable work) {
		CountDownLatch latch = new CountDownLatch(1);
		this.most.set(0);
		this.held = latch;
		try {
			work.run();
		}
		finally {
			this.held = null;
			latch.countDown();
		}
	}

	/**
	 * Returns how many hashes are being computed.
	 * @return their number
	 */
	public int running() {
		return this.running.get();
	}

	/**
	 * Returns how many hashes have been computed at once since the last
	 * {@link #holding(Runnable)}.
	 * @return the highest number
	 */
	public int most() {
		return this.most.get();
	}

	private <T extends @Nullable Object> T count(Supplier<T> hash) {
		this.most.accumulateAndGet(this.running.incrementAndGet(), Math::max);
		try {
			CountDownLatch latch = this.held;
			if (latch != null) {
				latch.await();
			}
			return hash.get();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			this.running.decrementAndGet();
		}
	}

	private final class Counted implements PasswordEncoder {

		private final PasswordEncoder encoder;

		Counted(PasswordEncoder encoder) {
			this.encoder = encoder;
		}

		@Override
		public @Nullable String encode(@Nullable CharSequence password) {
			HashRecorder.this.hashes.add("new");
			return HashRecorder.this.<@Nullable String>count(() -> this.encoder.encode(password));
		}

		@Override
		public boolean matches(@Nullable CharSequence password, @Nullable String hash) {
			// All but the salt and the hash itself.
			HashRecorder.this.hashes.add(String.valueOf(hash).replaceFirst("\\$[^$]*\\$[^$]*$", ""));
			return count(() -> this.encoder.matches(password, hash));
		}

		@Override
		public boolean upgradeEncoding(@Nullable String hash) {
			return this.encoder.upgradeEncoding(hash);
		}

	}

}
