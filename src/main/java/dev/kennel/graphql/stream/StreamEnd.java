package dev.kennel.graphql.stream;

import java.time.Duration;
import java.util.Arrays;

import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.error.ErrorReason;
import org.jspecify.annotations.Nullable;

/**
 * The reason why the service ends a stream. A WebSocket is closed with a close code and a
 * text, which begins with the {@link ErrorReason} and a colon if there is one.
 * Server-sent events have no close code and end with an error instead. A refused token is
 * 4403, as in the protocol: its clients never reconnect after 4401.
 *
 * @see <a href= "https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md">GraphQL
 * over WebSocket</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455#section-7.4">RFC 6455, section
 * 7.4</a>
 */
public enum StreamEnd {

	/** The client has to send a token, or log in. */
	TOKEN_MISSING(4403, ErrorReason.TOKEN_MISSING, "There is no access token."),

	/** The client refreshes its token, reconnects, and resumes. */
	TOKEN_EXPIRED(4403, ErrorReason.TOKEN_EXPIRED, "The access token has expired."),

	/** The client refreshes its token, or has to log in. */
	TOKEN_INVALID(4403, ErrorReason.TOKEN_INVALID, "The access token is not valid."),

	/** The client has to log in. */
	SESSION_REVOKED(4403, ErrorReason.SESSION_ENDED, "The session has ended."),

	/**
	 * The account has reached its limit of streams. The client retries later: it would
	 * treat 4429 as final.
	 */
	TOO_MANY_STREAMS(1013, ErrorCode.RATE_LIMITED, "The account has too many streams open."),

	/** The client reads too slowly. It reconnects, and resumes. */
	TOO_SLOW(1013, ErrorCode.UNAVAILABLE, "The stream has fallen too far behind. Connect again, and resume."),

	/**
	 * The instance is shutting down. The client reconnects to another one, and resumes.
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
	 * @param refusal the reason for the refusal
	 * @return the end with this reason
	 */
	public static StreamEnd of(@Nullable ErrorReason refusal) {
		return Arrays.stream(values())
			.filter((end) -> end.reason != null && end.reason == refusal)
			.findFirst()
			.orElse(TOKEN_INVALID);
	}

	/**
	 * Returns the close reason of a WebSocket.
	 * @return the close code and text
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
