package dev.kennel.session;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeKind;
import dev.kennel.session.token.RefreshToken;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SessionRowTests {

	private static final OffsetDateTime NOW = OffsetDateTime.of(2026, 2, 1, 12, 0, 0, 0, ZoneOffset.UTC);

	private static final Duration GRACE = Duration.ofSeconds(10);

	private static final Duration TICK = Duration.ofNanos(1);

	private final UUID id = UUID.fromString("0190163d-8694-739b-aea5-966c26f8ad91");

	private final RefreshToken replaced = RefreshToken.first(new AccountId(UUID.randomUUID()), this.id);

	private final RefreshToken current = this.replaced.successor();

	private SessionRow row(OffsetDateTime expiresAt, byte @Nullable [] replacedHash,
			@Nullable OffsetDateTime replacedAt, byte @Nullable [] sealed) {
		return new SessionRow(
				new Session(NodeKind.SESSION.id(this.id), null, null, NOW, NOW, expiresAt, NOW, List.of()), expiresAt,
				this.current.familyHash(), this.current.hash(), replacedHash, replacedAt, sealed, NOW);
	}

	private SessionRow replacedAt(OffsetDateTime time) {
		return row(NOW.plusDays(1), this.replaced.hash(), time, this.replaced.seal(this.current));
	}

	@Test
	void sessionIsExpiredFromItsExpiryOn() {
		assertThat(row(NOW.plus(TICK), null, null, null).isExpired()).isFalse();
		assertThat(row(NOW, null, null, null).isExpired()).isTrue();
		assertThat(row(NOW.minus(TICK), null, null, null).isExpired()).isTrue();
	}

	@Test
	void tokensMatchByTheirHashes() {
		SessionRow row = replacedAt(NOW);
		RefreshToken foreign = RefreshToken.first(this.current.account(), this.id);

		assertThat(row.isOfFamily(this.replaced)).isTrue();
		assertThat(row.isOfFamily(this.current)).isTrue();
		assertThat(row.isOfFamily(foreign)).isFalse();
		assertThat(row.isCurrent(this.current)).isTrue();
		assertThat(row.isCurrent(this.replaced)).isFalse();
		assertThat(row.isCurrent(foreign)).isFalse();
	}

	@Test
	void replacedTokenHasSuccessorWithinGracePeriod() {
		assertThat(replacedAt(NOW.minus(GRACE).plus(TICK)).successorOf(this.replaced, GRACE)).isEqualTo(this.current);
		assertThat(replacedAt(NOW.minus(GRACE)).successorOf(this.replaced, GRACE)).isNull();
	}

	@Test
	void anotherTokenHasNoSuccessor() {
		assertThat(replacedAt(NOW).successorOf(this.current, GRACE)).isNull();
		assertThat(replacedAt(NOW).successorOf(this.current.successor(), GRACE)).isNull();
	}

	@Test
	void sessionWithoutRefreshHasNoSuccessor() {
		assertThat(row(NOW.plusDays(1), null, null, null).successorOf(this.replaced, GRACE)).isNull();
		assertThat(row(NOW.plusDays(1), this.replaced.hash(), null, null).successorOf(this.replaced, GRACE)).isNull();
		assertThat(row(NOW.plusDays(1), this.replaced.hash(), NOW, null).successorOf(this.replaced, GRACE)).isNull();
	}

	@Test
	void toStringOmitsHashes() {
		assertThat(replacedAt(NOW).toString()).isEqualTo("SessionRow[session=" + NodeKind.SESSION.id(this.id) + "]");
	}

}
