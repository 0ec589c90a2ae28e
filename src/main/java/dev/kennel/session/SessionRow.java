package dev.kennel.session;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.OffsetDateTime;

import org.jspecify.annotations.Nullable;

/**
 * A session as the store has it, locked.
 *
 * @param session what its account may see
 * @param endsAt when it ends in any case
 * @param familyHash what its tokens have in common, hashed
 * @param tokenHash the token that is good, hashed
 * @param replacedHash the token that was good before, hashed
 * @param replacedAt when that was replaced
 * @param sealedSuccessor what replaced it, sealed with it
 * @param now the time by the store's clock, which all instances share
 */
@SuppressWarnings("ArrayRecordComponent") // Rows are not compared.
record SessionRow(Session session, OffsetDateTime endsAt, byte[] familyHash, byte[] tokenHash,
		byte @Nullable [] replacedHash, @Nullable OffsetDateTime replacedAt, byte @Nullable [] sealedSuccessor,
		OffsetDateTime now) {

	boolean isOver() {
		return !this.session.expiresAt().isAfter(this.now);
	}

	boolean isOfFamily(RefreshToken token) {
		return MessageDigest.isEqual(this.familyHash, token.familyHash());
	}

	boolean isCurrent(RefreshToken token) {
		return MessageDigest.isEqual(this.tokenHash, token.hash());
	}

	/** The token that replaced another a moment ago, or null if it did not. */
	@Nullable RefreshToken successorOf(RefreshToken token, Duration grace) {
		boolean replacedByIt = this.replacedHash != null && this.replacedAt != null && this.sealedSuccessor != null
				&& MessageDigest.isEqual(this.replacedHash, token.hash())
				&& this.now.isBefore(this.replacedAt.plus(grace));
		return (replacedByIt && this.sealedSuccessor != null) ? token.unseal(this.sealedSuccessor) : null;
	}

	@Override
	public String toString() {
		return "SessionRow[session=" + this.session.id() + "]";
	}

}
