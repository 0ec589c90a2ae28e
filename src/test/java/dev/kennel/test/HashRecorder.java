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
 * Records the password hashes that the service computes, their costs, and how many run
 * concurrently; it can block them, too.
 */
public class HashRecorder implements BeanPostProcessor {

	private final AtomicInteger running = new AtomicInteger();

	private final AtomicInteger maxRunning = new AtomicInteger();

	private final List<String> hashes = new CopyOnWriteArrayList<>();

	private volatile @Nullable CountDownLatch held;

	@Override
	public Object postProcessAfterInitialization(Object bean, String name) {
		return (bean instanceof PasswordEncoder encoder) ? new Counted(encoder) : bean;
	}

	/**
	 * Records the hashes that requests compute.
	 * @param requests sends the requests
	 * @return for each comparison, the algorithm and cost of the stored hash, and for
	 * each new hash {@code new}, in order
	 */
	public List<String> record(Runnable requests) {
		this.hashes.clear();
		requests.run();
		return new ArrayList<>(this.hashes);
	}

	/**
	 * Executes work while all hashes are blocked.
	 * @param work the work
	 */
	public void holding(Runnable work) {
		CountDownLatch latch = new CountDownLatch(1);
		this.maxRunning.set(0);
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
	 * Returns the number of hashes in progress.
	 * @return the number
	 */
	public int running() {
		return this.running.get();
	}

	/**
	 * Returns the maximum number of concurrent hashes since the last
	 * {@link #holding(Runnable)}.
	 * @return the maximum
	 */
	public int most() {
		return this.maxRunning.get();
	}

	private <T extends @Nullable Object> T count(Supplier<T> hash) {
		this.maxRunning.accumulateAndGet(this.running.incrementAndGet(), Math::max);
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
			// Without the salt and the hash itself.
			HashRecorder.this.hashes.add(String.valueOf(hash).replaceFirst("\\$[^$]*\\$[^$]*$", ""));
			return count(() -> this.encoder.matches(password, hash));
		}

		@Override
		public boolean upgradeEncoding(@Nullable String hash) {
			return this.encoder.upgradeEncoding(hash);
		}

	}

}
