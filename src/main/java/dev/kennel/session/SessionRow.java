package dev.kennel.session;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.OffsetDateTime;

import dev.kennel.session.token.RefreshToken;
import org.jspecify.annotations.Nullable;

/**
 * A locked row of the table of sessions.
 *
 * @param session the session, as clients see it
 * @param absoluteExpiry when it expires even if it is refreshed
 * @param familyHash the hash of the family of its tokens
 * @param tokenHash the hash of the current token
 * @param replacedHash the hash of the token before it
 * @param replacedAt when that token was replaced
 * @param sealedSuccessor its successor, sealed with it
 * @param now the time of the database clock, which all instances share
 */
@SuppressWarnings("ArrayRecordComponent") // Rows are not compared.
record SessionRow(Session session, OffsetDateTime absoluteExpiry, byte[] familyHash, byte[] tokenHash,
		byte @Nullable [] replacedHash, @Nullable OffsetDateTime replacedAt, byte @Nullable [] sealedSuccessor,
		OffsetDateTime now) {

	boolean isExpired() {
		return !this.session.expiresAt().isAfter(this.now);
	}

	boolean isOfFamily(RefreshToken token) {
		return MessageDigest.isEqual(this.familyHash, token.familyHash());
	}

	boolean isCurrent(RefreshToken token) {
		return MessageDigest.isEqual(this.tokenHash, token.hash());
	}

	/** Returns the token that replaced another within the grace period, or null. */
	@Nullable RefreshToken successorOf(RefreshToken token, Duration grace) {
		boolean withinGrace = this.replacedHash != null && this.replacedAt != null && this.sealedSuccessor != null
				&& MessageDigest.isEqual(this.replacedHash, token.hash())
				&& this.now.isBefore(this.replacedAt.plus(grace));
		return (withinGrace && this.sealedSuccessor != null) ? token.unseal(this.sealedSuccessor) : null;
	}

	@Override
	public String toString() {
		return "SessionRow[session=" + this.session.id() + "]";
	}

}
