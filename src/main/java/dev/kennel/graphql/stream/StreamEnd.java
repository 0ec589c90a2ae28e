package dev.kennel.graphql.stream;

import java.time.Duration;
import java.util.Arrays;

import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.error.ErrorReason;
import org.jspecify.annotations.Nullable;

/**
 * Why a stream is ended by the service. A WebSocket is closed with a code and a text,
 * which begins with the {@link ErrorReason} and a colon where there is one; server-sent
 * events have neither, and end with an error instead. A token that is refused is 4403, as
 * the protocol has it: its clients never connect again after 4401.
 *
 * @see <a href= "https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md">GraphQL
 * over WebSocket</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455#section-7.4">RFC 6455, section
 * 7.4</a>
 */
public enum StreamEnd {

	/** The client sends a token, or has to log in. */
	TOKEN_MISSING(4403, ErrorReason.TOKEN_MISSING, "There is no access token."),

	/** The client gets a new token, connects again, and resumes. */
	TOKEN_EXPIRED(4403, ErrorReason.TOKEN_EXPIRED, "The access token has expired."),

	/** The client gets a new token, or has to log in. */
	TOKEN_INVALID(4403, ErrorReason.TOKEN_INVALID, "The access token is not valid."),

	/** The client has to log in. */
	SESSION_REVOKED(4403, ErrorReason.SESSION_ENDED, "The session has ended."),

	/**
	 * The account has as many streams as it may have. The client tries again later: 4429
	 * would be final to it.
	 */
	TOO_MANY_STREAMS(1013, ErrorCode.RATE_LIMITED, "The account has too many streams open."),

	/** The client takes what is sent too slowly. It connects again, and resumes. */
	TOO_SLOW(1013, ErrorCode.UNAVAILABLE, "The stream has fallen too far behind. Connect again, and resume."),

	/**
	 * The instance is being stopped. The client connects again, to another, and resumes.
	 */
	STOPPING(1012, ErrorCode.UNAVAILABLE, "This instance is being stopped. Connect again, and resume.");

	private final CloseReason closeReason;

	private final ErrorCode code;

	private final @Nullable ErrorReason reason;

	private final String message;

	StreamEnd(int closeCode, ErrorCode code, String message) {
		this.closeReason = new CloseReason(closeCode, message);
		this.code = code;
		this.reason = null;
		this.message = message;
	}

	StreamEnd(int closeCode, ErrorReason reason, String message) {
		this.closeReason = new CloseReason(closeCode, reason + ": " + message);
		this.code = ErrorCode.UNAUTHENTICATED;
		this.reason = reason;
		this.message = message;
	}

	/**
	 * Returns the end of a stream whose token is missing or refused.
	 * @param refusal why it is refused
	 * @return the end with this reason
	 */
	public static StreamEnd of(@Nullable ErrorReason refusal) {
		return Arrays.stream(values())
			.filter((end) -> end.reason != null && end.reason == refusal)
			.findFirst()
			.orElse(TOKEN_INVALID);
	}

	/**
	 * Returns what a WebSocket is closed with.
	 * @return code and reason
	 */
	public CloseReason closeReason() {
		return this.closeReason;
	}

	/**
	 * Returns the error that ends server-sent events.
	 * @return the exception, with its code
	 */
	public ApiException toException() {
		if (this.reason != null) {
			return ApiException.unauthenticated(this.reason, this.message);
		}
		return (this.code == ErrorCode.RATE_LIMITED) ? ApiException.rateLimited(this.message, Duration.ofSeconds(30))
				: ApiException.of(this.code, this.message);
	}

}
