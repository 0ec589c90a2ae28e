package dev.kennel.session.token;

import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.function.UnaryOperator;

import dev.kennel.text.Base64Url;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.JwtParserBuilder;
import io.jsonwebtoken.Jwts;

/**
 * The type, issuer and audience of all JSON Web Tokens of one purpose. A token of one
 * profile is invalid in another.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8725#section-3.11">RFC 8725, sections
 * 3.11 and 3.12</a>
 */
final class JwtProfile {

	private static final int PARTS = 3;

	private final SigningKeySet keys;

	private final String type;

	private final String issuer;

	private final String audience;

	/**
	 * Creates a profile.
	 * @param keys the keys that sign and verify
	 * @param type the {@code typ} of its tokens
	 * @param issuer their {@code iss}
	 * @param audience their {@code aud}
	 */
	JwtProfile(SigningKeySet keys, String type, String issuer, String audience) {
		this.keys = keys;
		this.type = type;
		this.issuer = issuer;
		this.audience = audience;
	}

	/**
	 * Signs a token with the current key.
	 * @param subject its {@code sub}
	 * @param issuedAt when it is issued
	 * @param expiresAt when it expires
	 * @param claims adds further claims
	 * @return the token, in compact serialization
	 */
	String sign(String subject, Instant issuedAt, Instant expiresAt, UnaryOperator<JwtBuilder> claims) {
		SigningKey key = this.keys.current();
		JwtBuilder token = Jwts.builder()
			.json(JwtJson.SERIALIZER)
			.header()
			.type(this.type)
			.keyId(key.id())
			.and()
			.issuer(this.issuer)
			.audience()
			.add(this.audience)
			.and()
			.subject(subject)
			.issuedAt(Date.from(issuedAt))
			.expiration(Date.from(expiresAt));
		return key.sign(claims.apply(token)).compact();
	}

	/**
	 * Returns the builder of a parser that locates the key by the token's header. It does
	 * not check issuer and audience: see {@link #isOwn}.
	 * @param clock the clock that expiry is checked against
	 */
	JwtParserBuilder parser(Clock clock) {
		return Jwts.parser()
			.json(JwtJson.DESERIALIZER)
			.keyLocator(this.keys.verifying(this.type))
			.clock(() -> Date.from(clock.instant()));
	}

	/** Returns whether issuer and audience are those of the profile. */
	boolean isOwn(Claims claims) {
		return this.issuer.equals(claims.getIssuer()) && claims.getAudience() != null
				&& claims.getAudience().contains(this.audience);
	}

	/**
	 * Returns whether a text is in compact serialization: three parts, each strict
	 * base64url. The parser also accepts padding and unused bits, so that one token would
	 * have many encodings.
	 * @param text any text
	 * @param maxLength the maximum length
	 */
	static boolean isCompact(String text, int maxLength) {
		if (text.length() > maxLength) {
			return false;
		}
		String[] parts = text.split("\\.", -1);
		if (parts.length != PARTS) {
			return false;
		}
		for (String part : parts) {
			if (part.isEmpty() || Base64Url.decode(part) == null) {
				return false;
			}
		}
		return true;
	}

}
