package dev.kennel.account.password;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

import dev.kennel.concurrency.Futures;
import dev.kennel.error.ApiException;
import dev.kennel.error.Violation;
import dev.kennel.identity.Client;
import dev.kennel.text.TextNormalizer;
import dev.kennel.throttle.PasswordHashBulkhead;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Hashes and verifies passwords. Hashing takes long, so no transaction may be open
 * meanwhile. It executes on platform threads, which the operating system preempts: a
 * request's virtual thread would occupy its carrier until the hash is computed, and delay
 * all other requests.
 */
@Component
public class PasswordHasher implements DisposableBean {

	private static final int MAX_LENGTH = 128;

	private final PasswordEncoder encoder;

	private final PasswordHashBulkhead bulkhead;

	private final BreachedPasswords breached;

	private final String dummyHash;

	private final @Nullable Tracer tracer;

	/** Unbounded: the bulkhead limits the number of concurrent hashes and reads. */
	private final ExecutorService threads = Executors
		.newCachedThreadPool(Thread.ofPlatform().daemon().name("passwords-", 1).factory());

	/** Creates a hasher, whose concurrency the bulkhead limits. */
	PasswordHasher(PasswordEncoder encoder, Argon2Properties properties, PasswordHashBulkhead bulkhead,
			BreachedPasswords breached, ObjectProvider<Tracer> tracer) {
		this.encoder = encoder;
		this.bulkhead = bulkhead;
		this.breached = breached;
		this.dummyHash = PasswordConfiguration.dummyHash(properties);
		this.tracer = tracer.getIfAvailable();
	}

	/**
	 * Returns the hash that is verified if there is no account, which takes the same
	 * time.
	 */
	String dummyHash() {
		return this.dummyHash;
	}

	/**
	 * Hashes a password, prepared as in RFC 8265.
	 * @param password the password
	 * @param client the client whose site is charged
	 * @return the hash
	 * @throws ApiException with RATE_LIMITED if too many hashes are queued
	 */
	String hash(String password, Client client) {
		return executeOnPlatformThread(client, () -> encode(TextNormalizer.opaqueString(password)));
	}

	/**
	 * Hashes a new password, unless it is known from a data breach. What else is limited
	 * or may be refused comes before: the search reads files.
	 * @param password the password
	 * @param member the input member that has the password
	 * @param client the client whose site is charged
	 * @return the hash
	 * @throws ApiException with BAD_USER_INPUT if the password is known, with
	 * RATE_LIMITED if too many hashes are queued
	 */
	public String hashNew(String password, String member, Client client) {
		String prepared = TextNormalizer.opaqueString(password);
		if (this.breached.isConfigured() && isBreached(prepared, client)) {
			throw ApiException.badUserInput(List.of(new Violation(List.of("input", member), "BREACHED",
					"This password is known from a data breach, and would be guessed.")));
		}
		return executeOnPlatformThread(client, () -> encode(prepared));
	}

	private boolean isBreached(String prepared, Client client) {
		return this.bulkhead.executeRead(client, () -> onPlatformThread(() -> this.breached.contains(prepared)));
	}

	private String encode(String prepared) {
		return String.valueOf(this.encoder.encode(prepared));
	}

	/**
	 * Returns whether a password matches a hash; takes the same time if there is none.
	 * @param password any text
	 * @param hash the hash, or null if there is no account
	 * @param client the client whose site is charged
	 * @return whether it matches; false if there is no account
	 * @throws ApiException with RATE_LIMITED if too many hashes are queued
	 */
	boolean matches(String password, @Nullable String hash, Client client) {
		return matching(password, hash, client) != null;
	}

	/**
	 * Returns the form of a password that matches a hash: prepared as in RFC 8265, or
	 * unprepared, since earlier versions hashed non-ASCII spaces as they were. Only a
	 * password with such a space is compared twice, whether or not there is an account.
	 * @param password any text, in Unicode's normal form C
	 * @param hash the hash, or null if there is no account
	 * @param client the client whose site is charged
	 * @return the form that matches, or null if none does, or there is no account
	 * @throws ApiException with RATE_LIMITED if too many hashes are queued
	 */
	@Nullable String matching(String password, @Nullable String hash, Client client) {
		String prepared = TextNormalizer.opaqueString(password);
		if (compare(prepared, hash, client)) {
			return prepared;
		}
		return (!prepared.equals(password) && compare(password, hash, client)) ? password : null;
	}

	private boolean compare(String password, @Nullable String hash, Client client) {
		// A text that can't be a password is not hashed, whether or not there is an
		// account: the encoder throws for some of them.
		boolean possible = !password.isEmpty() && password.codePointCount(0, password.length()) <= MAX_LENGTH
				&& StandardCharsets.UTF_8.newEncoder().canEncode(password);
		return possible && executeOnPlatformThread(client,
				() -> this.encoder.matches(password, (hash != null) ? hash : this.dummyHash)) && hash != null;
	}

	/** Returns whether a hash has weaker parameters than the configured ones. */
	boolean isOutdated(String hash) {
		return this.encoder.upgradeEncoding(hash);
	}

	private <T> T executeOnPlatformThread(Client client, Supplier<T> work) {
		return this.bulkhead.execute(client, () -> traced(() -> onPlatformThread(work)));
	}

	/** Traces a hash within an operation that is traced. */
	private <T> T traced(Supplier<T> hash) {
		if (this.tracer == null || !Span.current().getSpanContext().isSampled()) {
			return hash.get();
		}
		Span span = this.tracer.spanBuilder("hash password").startSpan();
		try {
			return hash.get();
		}
		finally {
			span.end();
		}
	}

	private <T> T onPlatformThread(Supplier<T> work) {
		return Futures.join(CompletableFuture.supplyAsync(work, this.threads));
	}

	@Override
	public void destroy() {
		this.threads.shutdown();
	}

}
