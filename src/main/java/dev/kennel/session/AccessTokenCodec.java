package dev.kennel.session;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.kennel.error.ErrorReason;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.identity.CallerAuthentication;
import dev.kennel.identity.NodeKind;
import dev.kennel.text.Base64Url;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.ExpiredJwtException;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.JwtParser;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Makes and reads access tokens.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9068">RFC 9068, JWT profile for access
 * tokens</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8725">RFC 8725, JWT best current
 * practices</a>
 */
@Component
class AccessTokenCodec {

	private static final String SESSION = "sid";

	private static final String TYPE = "at+jwt";

	/** How far the clocks of two machines may be apart. */
	private static final long CLOCK_SKEW_SECONDS = 30;

	/**
	 * Longer than any token of Kennel's, and short enough that a huge one costs nothing.
	 */
	private static final int MAX_LENGTH = 4_096;

	/** Some hundred bytes each. */
	private static final int MAX_VERIFIED = 10_000;

	private final AuthProperties properties;

	private final Clock clock;

	private final JwtProfile profile;

	private final JwtParser parser;

	/**
	 * Tokens that were found to be good: a signature does not change, only the time does.
	 * One that is refused is never here, so that it can't be filled without logging in.
	 */
	private final Cache<String, Verified> verified;

	AccessTokenCodec(AuthProperties properties, SigningKeySet keys, Clock clock) {
		this.properties = properties;
		this.clock = clock;
		this.profile = new JwtProfile(keys, TYPE, properties.issuer(), properties.audience());
		this.parser = this.profile.parser(clock).clockSkewSeconds(CLOCK_SKEW_SECONDS).build();
		this.verified = Caffeine.newBuilder()
			// At once: a thread of its own would cost more than what there is to do.
			.executor(Runnable::run)
			.maximumSize(MAX_VERIFIED)
			.expireAfterWrite(properties.accessTokenLifetime())
			.build();
	}

	/**
	 * What a token says that is whole.
	 *
	 * @param caller who it was given to
	 * @param issuedAt when, or null if it does not say
	 */
	private record Verified(Caller caller, @Nullable Instant issuedAt) {
	}

	/**
	 * Makes a token.
	 * @param account whose it is
	 * @param session the session that it belongs to
	 * @param sessionEnd when the session ends at the latest: the token does not outlast
	 * it
	 */
	AccessToken issue(AccountId account, UUID session, Instant sessionEnd) {
		Instant now = this.clock.instant().truncatedTo(ChronoUnit.SECONDS);
		Instant end = now.plus(this.properties.accessTokenLifetime());
		Instant expiresAt = end.isBefore(sessionEnd) ? end : sessionEnd.truncatedTo(ChronoUnit.SECONDS);
		String value = this.profile.sign(NodeKind.USER.id(account.value()).toString(), now, expiresAt,
				(token) -> token.claim(SESSION, NodeKind.SESSION.id(session).toString()));
		return new AccessToken(value, expiresAt);
	}

	/**
	 * Reads a token.
	 * @param token any text
	 * @return the caller that it was issued to; refused as
	 * {@link ErrorReason#TOKEN_EXPIRED} if it was issued here and is past its time, and
	 * as {@link ErrorReason#TOKEN_INVALID} if it was not issued here, for this service,
	 * or yet
	 */
	CallerAuthentication verify(String token) {
		Verified cached = this.verified.getIfPresent(token);
		Verified known = (cached != null) ? cached : parse(token);
		if (known == null) {
			return CallerAuthentication.refused(ErrorReason.TOKEN_INVALID);
		}
		Instant now = this.clock.instant();
		if (known.issuedAt() != null && known.issuedAt().isAfter(now.plusSeconds(CLOCK_SKEW_SECONDS))) {
			return CallerAuthentication.refused(ErrorReason.TOKEN_INVALID);
		}
		if (now.isAfter(known.caller().expiresAt().plusSeconds(CLOCK_SKEW_SECONDS))) {
			return CallerAuthentication.refused(ErrorReason.TOKEN_EXPIRED);
		}
		if (cached == null) {
			this.verified.put(token, known);
		}
		return CallerAuthentication.of(known.caller());
	}

	private @Nullable Verified parse(String token) {
		if (!JwtProfile.isCompact(token, MAX_LENGTH)) {
			return null;
		}
		try {
			return read(signedClaims(token));
		}
		catch (JwtException | IllegalArgumentException ex) {
			return null;
		}
	}

	private Claims signedClaims(String token) {
		try {
			return this.parser.parseSignedClaims(token).getPayload();
		}
		catch (ExpiredJwtException ex) {
			// Thrown once the signature has been found good, and before the issuer and
			// the audience are looked at.
			return ex.getClaims();
		}
	}

	private @Nullable Verified read(Claims claims) {
		String subject = claims.getSubject();
		String session = claims.get(SESSION, String.class);
		if (subject == null || session == null || claims.getExpiration() == null || !this.profile.isOwn(claims)) {
			return null;
		}
		Caller caller = new Caller(new AccountId(NodeKind.USER.uuid(subject)), NodeKind.SESSION.uuid(session),
				claims.getExpiration().toInstant());
		return new Verified(caller, (claims.getIssuedAt() != null) ? claims.getIssuedAt().toInstant() : null);
	}

	/**
	 * Reads which session a token claims to be of, whether or not that is true: to be
	 * compared with, and for nothing else.
	 * @param token any text
	 * @return the session, or null if the text names none
	 */
	static @Nullable UUID claimedSession(String token) {
		if (token.length() > MAX_LENGTH) {
			return null;
		}
		String[] parts = token.split("\\.", -1);
		byte[] payload = (parts.length == 3) ? Base64Url.decode(parts[1]) : null;
		if (payload == null) {
			return null;
		}
		try {
			Object claims = JwtJson.DESERIALIZER
				.deserialize(new StringReader(new String(payload, StandardCharsets.UTF_8)));
			return (claims instanceof Map<?, ?> members && members.get(SESSION) instanceof String session)
					? NodeKind.SESSION.uuid(session) : null;
		}
		catch (JwtException | IllegalArgumentException ex) {
			return null;
		}
	}

}
