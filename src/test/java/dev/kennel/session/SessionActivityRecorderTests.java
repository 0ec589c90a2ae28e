package dev.kennel.session;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.identity.NodeKind;
import dev.kennel.test.AdjustableClock;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** The recorder of one instance, with a clock that the test controls. */
@KennelTest
class SessionActivityRecorderTests {

	/**
	 * In the future, so that uses recorded by the service are older than the test's.
	 */
	private static final Instant START = Instant.parse("2100-01-01T00:00:00Z");

	private static final Duration TICK = Duration.ofNanos(1_000);

	private final AdjustableClock clock = new AdjustableClock(START);

	private final Api api;

	private final JdbcClient jdbc;

	private final SessionRepository repository;

	private final SessionActivityRecorder recorder;

	private Caller caller;

	SessionActivityRecorderTests(Api api, JdbcClient jdbc, SessionRepository repository) {
		this.api = api;
		this.jdbc = jdbc;
		this.repository = repository;
		this.recorder = new SessionActivityRecorder(repository, this.clock);
		this.caller = new Caller(new AccountId(new UUID(0, 0)), new UUID(0, 0), START);
	}

	@BeforeEach
	void signUp() {
		this.caller = newCaller();
	}

	private Caller newCaller() {
		Api ann = this.api.signUp();
		Caller made = new Caller(new AccountId(NodeKind.USER.uuid(ann.execute("{ me { id } }").text("/me/id"))),
				NodeKind.SESSION.uuid(ann.execute("{ me { sessions { id } } }").text("/me/sessions/0/id")), START);
		setLastUse(made, START.minusSeconds(3_600));
		return made;
	}

	private void setLastUse(Caller who, Instant time) {
		this.jdbc.sql("UPDATE sessions SET last_used_at = ? WHERE id = ?")
			.params(Timestamp.from(time), who.session())
			.update();
	}

	private Instant lastUse(Caller who) {
		return this.jdbc.sql("SELECT last_used_at FROM sessions WHERE id = ?")
			.param(who.session())
			.query(Timestamp.class)
			.single()
			.toInstant();
	}

	@Test
	void useIsWrittenOnceWithItsTime() {
		Caller other = newCaller();
		this.recorder.recordUse(this.caller);
		this.clock.advance(Duration.ofSeconds(1));
		this.recorder.recordUse(other);
		this.recorder.recordUse(this.caller);
		assertThat(lastUse(this.caller)).isEqualTo(START.minusSeconds(3_600));

		this.recorder.write();

		assertThat(lastUse(this.caller)).isEqualTo(START);
		assertThat(lastUse(other)).isEqualTo(START.plusSeconds(1));
		setLastUse(other, START.minusSeconds(3_600));
		this.recorder.write();
		assertThat(lastUse(other)).isEqualTo(START.minusSeconds(3_600));
	}

	@Test
	void furtherUseIsRecordedAfterOneMinute() {
		this.recorder.recordUse(this.caller);
		this.recorder.write();
		setLastUse(this.caller, START.minusSeconds(3_600));

		this.clock.advance(Duration.ofMinutes(1).minus(TICK));
		this.recorder.write();
		this.recorder.recordUse(this.caller);
		this.recorder.write();
		assertThat(lastUse(this.caller)).isEqualTo(START.minusSeconds(3_600));

		this.clock.advance(TICK);
		this.recorder.write();
		this.recorder.recordUse(this.caller);
		this.recorder.write();
		assertThat(lastUse(this.caller)).isEqualTo(START.plusSeconds(60));
	}

	@Test
	void useRecordedByAnotherInstanceWithinTheMinuteIsKept() {
		Instant byOther = START.minusSeconds(60).plus(TICK);
		setLastUse(this.caller, byOther);
		this.recorder.recordUse(this.caller);
		this.recorder.write();
		assertThat(lastUse(this.caller)).isEqualTo(byOther);

		setLastUse(this.caller, START.minusSeconds(60));
		SessionActivityRecorder restarted = new SessionActivityRecorder(this.repository, this.clock);
		restarted.recordUse(this.caller);
		restarted.write();
		assertThat(lastUse(this.caller)).isEqualTo(START);
	}

}
