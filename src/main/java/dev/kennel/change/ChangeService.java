package dev.kennel.change;

import java.util.List;

import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.error.Violation;
import dev.kennel.identity.AccountId;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Service;

/** Finds places in feeds. */
@Service
class ChangeService {

	private final ChangeRepository changes;

	ChangeService(ChangeRepository changes) {
		this.changes = changes;
	}

	/** The place after all that has changed so far. */
	FeedPosition end(AccountId account) {
		return this.changes.end(account);
	}

	/**
	 * Returns where to begin.
	 * @param after what a client has seen last, or null to begin at the end
	 * @throws ApiException with BAD_USER_INPUT if that is no cursor of a feed, with
	 * CURSOR_EXPIRED if what follows is not kept any longer
	 */
	FeedPosition start(AccountId account, @Nullable String after) {
		FeedPosition end = end(account);
		if (after == null) {
			return end;
		}
		FeedPosition start = ChangeCursor.decode(after);
		if (start == null) {
			throw ApiException
				.badUserInput(List.of(new Violation(List.of("after"), "CURSOR", "This is not a cursor of this list.")));
		}
		// A place that there is not yet is one of a database that has been restored.
		if (start.version() > end.version() || start.contradicts(end)
				|| (start.version() < end.version() && !this.changes.after(account, start, 1).continues(start))) {
			throw expired();
		}
		return start;
	}

	static ApiException expired() {
		return ApiException.of(ErrorCode.CURSOR_EXPIRED,
				"The changes after this cursor are not kept any longer. Load everything anew.");
	}

}
