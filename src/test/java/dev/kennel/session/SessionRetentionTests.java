package dev.kennel.session;

import java.util.UUID;

import dev.kennel.database.retention.RetentionCleaner;
import dev.kennel.identity.NodeKind;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class SessionRetentionTests {

	private final Api api;

	private final JdbcClient jdbc;

	private final RetentionCleaner cleaner;

	SessionRetentionTests(Api api, JdbcClient jdbc, RetentionCleaner cleaner) {
		this.api = api;
		this.jdbc = jdbc;
		this.cleaner = cleaner;
	}

	@Test
	void expiredSessionIsRemovedAndOthersAreNot() {
		UUID expired = session();
		UUID alive = session();
		this.jdbc.sql("UPDATE sessions SET expires_at = clock_timestamp() - interval '1 second' WHERE id = ?")
			.param(expired)
			.update();

		this.cleaner.clean();

		assertThat(this.jdbc.sql("SELECT id FROM sessions WHERE id IN (?, ?)")
			.params(expired, alive)
			.query(UUID.class)
			.list()).containsExactly(alive);
	}

	private UUID session() {
		return NodeKind.SESSION.uuid(this.api.signUp().execute("{ me { sessions { id } } }").text("/me/sessions/0/id"));
	}

	/**
	 * Twice as long as an instance keeps it in memory, which polls the table.
	 */
	@Test
	void revocationIsRemovedAfterFourteenMinutes() {
		UUID old = revocation(14 * 60 + 1);
		UUID needed = revocation(13 * 60);

		this.cleaner.clean();

		assertThat(this.jdbc.sql("SELECT session_id FROM session_revocations WHERE session_id IN (?, ?)")
			.params(old, needed)
			.query(UUID.class)
			.list()).containsExactly(needed);
	}

	private UUID revocation(int seconds) {
		UUID session = UUID.randomUUID();
		this.jdbc
			.sql("INSERT INTO session_revocations (user_id, session_id, revoked_at) "
					+ "VALUES (gen_random_uuid(), ?, clock_timestamp() - make_interval(secs => ?))")
			.params(session, seconds)
			.update();
		return session;
	}

}
