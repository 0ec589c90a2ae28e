package dev.kennel.graphql.stream;

import java.time.Duration;

import dev.kennel.graphql.error.ApiException;
import dev.kennel.graphql.error.ErrorCode;

import org.springframework.web.socket.CloseStatus;

/**
 * Why a stream is ended by the service. A WebSocket is closed with a code and a reason;
 * server-sent events have none, and end with an error instead.
 *
 * @see <a href= "https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md">GraphQL
 * over WebSocket</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455#section-7.4">RFC 6455, section
 * 7.4</a>
 */
public enum StreamEnd {

	/** The client gets a new token, connects again, and resumes. */
	TOKEN_EXPIRED(4401, ErrorCode.UNAUTHENTICATED, "The access token has expired."),

	/** The client has to log in. */
	SESSION_REVOKED(4401, ErrorCode.UNAUTHENTICATED, "The session has been revoked."),

	/** The account has as many streams as it may have. */
	TOO_MANY_STREAMS(4429, ErrorCode.RATE_LIMITED, "The account has too many streams open."),

	/** The client takes what is sent too slowly. It connects again, and resumes. */
	TOO_SLOW(1013, ErrorCode.UNAVAILABLE, "The stream has fallen too far behind. Connect again, and resume."),

	/**
	 * The instance is being stopped. The client connects again, to another, and resumes.
	 */
	STOPPING(1012, ErrorCode.UNAVAILABLE, "This instance is being stopped. Connect again, and resume.");

	private final CloseStatus closeStatus;

	private final ErrorCode code;

	private final String message;

	StreamEnd(int closeCode, ErrorCode code, String message) {
		this.closeStatus = new CloseStatus(closeCode, message);
		this.code = code;
		this.message = message;
	}

	CloseStatus closeStatus() {
		return this.closeStatus;
	}

	/** The error that ends server-sent events. */
	ApiException toException() {
		return (this.code == ErrorCode.RATE_LIMITED) ? ApiException.rateLimited(this.message, Duration.ofSeconds(30))
				: ApiException.of(this.code, this.message);
	}

}
