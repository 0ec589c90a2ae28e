package dev.kennel.change;

import java.util.List;

import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.error.Violation;
import dev.kennel.identity.AccountId;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Service;

/** Determines positions in feeds. */
@Service
class ChangeService {

	private final ChangeRepository changes;

	ChangeService(ChangeRepository changes) {
		this.changes = changes;
	}

	/** Returns the position after all changes so far. */
	FeedPosition end(AccountId account) {
		return this.changes.end(account);
	}

	/**
	 * Returns the position at which a subscription starts.
	 * @param after the cursor that the client has seen last, or null to start at the end
	 * @throws ApiException with BAD_USER_INPUT if the text is no cursor of a feed, with
	 * CURSOR_EXPIRED if the changes after it are not retained any longer
	 */
	FeedPosition start(AccountId account, @Nullable String after) {
		FeedPosition end = end(account);
		if (after == null) {
			return end;
		}
		FeedPosition start = ChangeCursor.decode(after);
		if (start == null) {
			throw ApiException.badUserInput(
					List.of(new Violation(List.of("after"), "CURSOR", "The cursor is not one of the change feed.")));
		}
		// A position beyond the end stems from before the database was restored.
		if (start.version() > end.version() || start.conflictsWith(end)
				|| (start.version() < end.version() && !this.changes.after(account, start, 1).continues(start))) {
			throw expired();
		}
		return start;
	}

	/**
	 * Returns the error that ends a subscription whose changes can't be read for the
	 * moment.
	 */
	static ApiException interrupted() {
		return ApiException.of(ErrorCode.UNAVAILABLE,
				"The database has not responded for some seconds. Subscribe again, after the last cursor.");
	}

	static ApiException expired() {
		return ApiException.of(ErrorCode.CURSOR_EXPIRED,
				"Changes after this cursor have been deleted. Load all data anew.");
	}

}
