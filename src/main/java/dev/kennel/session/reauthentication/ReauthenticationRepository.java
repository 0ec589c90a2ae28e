package dev.kennel.session.reauthentication;

import java.time.Duration;
import java.util.Collection;
import java.util.UUID;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.AuthenticationMethod;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Stores what sessions have proved, and when. All times are those of the database clock,
 * which all instances share.
 */
@Repository
class ReauthenticationRepository {

	/**
	 * When a session last proved more than the access to a mailbox, which is no recent
	 * proof: a log-in by mail alone does not count.
	 */
	private static final String PROVED_AT = "CASE WHEN amr IS DISTINCT FROM '{email}' "
			+ "THEN coalesce(authenticated_at, created_at) END";

	private final JdbcClient jdbc;

	ReauthenticationRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** Records that a session has proved itself by methods, beside its earlier ones. */
	void recordReauthentication(AccountId account, UUID session, Collection<AuthenticationMethod> methods) {
		this.jdbc
			.sql("UPDATE sessions SET authenticated_at = statement_timestamp(), "
					+ "amr = ARRAY(SELECT DISTINCT method FROM unnest(coalesce(amr, '{pwd}') || "
					+ "string_to_array(?, ' ')) AS method ORDER BY method), "
					+ "second_factor_at = CASE WHEN ? THEN statement_timestamp() ELSE second_factor_at END "
					+ "WHERE user_id = ? AND id = ?")
			.params(AuthenticationMethod.join(methods), methods.contains(AuthenticationMethod.MULTI_FACTOR),
					account.value(), session)
			.update();
	}

	/**
	 * Returns what a session has proved within the given age. The session does not end
	 * before the end of the transaction.
	 * @return the proofs, or null if the session has ended
	 */
	@Nullable SessionProofs proofsWithin(AccountId account, UUID session, Duration age) {
		return this.jdbc
			.sql("SELECT coalesce(" + PROVED_AT + " > clock_timestamp() - make_interval(secs => ?), false), "
					+ "coalesce(second_factor_at > clock_timestamp() - make_interval(secs => ?), false), "
					+ "EXISTS (SELECT FROM second_factors WHERE user_id = ?) "
					+ "OR EXISTS (SELECT FROM passkeys WHERE user_id = ?) "
					+ "FROM sessions WHERE user_id = ? AND id = ? FOR KEY SHARE")
			.params(age.toSeconds(), age.toSeconds(), account.value(), account.value(), account.value(), session)
			.query((row, number) -> new SessionProofs(row.getBoolean(1), row.getBoolean(2), row.getBoolean(3)))
			.optional()
			.orElse(null);
	}

	/**
	 * Keeps a session from ending before the end of the transaction.
	 * @return whether it has not ended before
	 */
	boolean keep(AccountId account, UUID session) {
		return this.jdbc.sql("SELECT true FROM sessions WHERE user_id = ? AND id = ? FOR KEY SHARE")
			.params(account.value(), session)
			.query(Boolean.class)
			.optional()
			.isPresent();
	}

}
