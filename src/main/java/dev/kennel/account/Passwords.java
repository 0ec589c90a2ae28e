package dev.kennel.account;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

import dev.kennel.graphql.Client;
import dev.kennel.graphql.error.ApiException;
import dev.kennel.throttle.PasswordHashBulkhead;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Hashes passwords. It takes long, so that no transaction may be open meanwhile; and it
 * is done on threads of the operating system, which shares the processors out. A
 * request's own thread would keep one until it is done, and all other requests waiting.
 */
@Component
class Passwords implements DisposableBean {

	/** In UTF-16 units: 128 characters. */
	private static final int MAX_LENGTH = 256;

	private final PasswordEncoder encoder;

	private final PasswordHashBulkhead bulkhead;

	private final String nobodysHash;

	/** As many threads as there are hashes at once, whose number the bulkhead limits. */
	private final ExecutorService threads = Executors
		.newCachedThreadPool(Thread.ofPlatform().daemon().name("passwords-", 1).factory());

	Passwords(PasswordEncoder encoder, PasswordHashingProperties properties, PasswordHashBulkhead bulkhead) {
		this.encoder = encoder;
		this.bulkhead = bulkhead;
		this.nobodysHash = PasswordConfiguration.nobodysHash(properties);
	}

	/**
	 * Compared with the password of whoever has no account, so that it takes the same
	 * time.
	 */
	String nobodysHash() {
		return this.nobodysHash;
	}

	/**
	 * Hashes a password.
	 * @param password the password
	 * @param client the client whose site is charged
	 * @return the hash
	 * @throws ApiException with RATE_LIMITED if too many hashes are queued
	 */
	String hash(String password, Client client) {
		return outside(client, () -> String.valueOf(this.encoder.encode(password)));
	}

	/**
	 * Answers whether a password is the one of a hash, in the same time if there is none.
	 * @param password any text
	 * @param hash the hash, or null if there is no account
	 * @param client the client whose site is charged
	 * @return whether it is; never if there is no account
	 * @throws ApiException with RATE_LIMITED if too many hashes are queued
	 */
	boolean matches(String password, @Nullable String hash, Client client) {
		// What can be nobody's password is not hashed: the encoder would refuse some of
		// it.
		boolean possible = password.length() <= MAX_LENGTH && StandardCharsets.UTF_8.newEncoder().canEncode(password);
		return outside(client,
				() -> this.encoder.matches(possible ? password : "", (hash != null) ? hash : this.nobodysHash))
				&& possible && hash != null;
	}

	/** Whether a hash was made in a way that is not good enough any more. */
	boolean isOutdated(String hash) {
		return this.encoder.upgradeEncoding(hash);
	}

	private <T> T outside(Client client, Supplier<T> work) {
		try {
			return this.bulkhead.execute(client, () -> CompletableFuture.supplyAsync(work, this.threads).join());
		}
		catch (CompletionException ex) {
			throw (ex.getCause() instanceof RuntimeException cause) ? cause : ex;
		}
	}

	@Override
	public void destroy() {
		this.threads.shutdown();
	}

}
