package dev.kennel.change;

import java.util.List;
import java.util.OptionalLong;

import dev.kennel.database.AccountId;
import dev.kennel.graphql.error.ApiException;
import dev.kennel.graphql.error.ErrorCode;
import dev.kennel.graphql.error.Violation;
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
	long end(AccountId account) {
		return this.changes.version(account);
	}

	/**
	 * Answers where to begin.
	 * @param after what a client has seen last, or null to begin at the end
	 * @throws ApiException with BAD_USER_INPUT if that is no cursor of a feed, with
	 * CURSOR_EXPIRED if what follows is not kept any longer
	 */
	long start(AccountId account, @Nullable String after) {
		long end = end(account);
		if (after == null) {
			return end;
		}
		OptionalLong decoded = ChangeCursor.decode(after);
		if (decoded.isEmpty()) {
			throw ApiException
				.badUserInput(List.of(new Violation(List.of("after"), "CURSOR", "This is not a cursor of this list.")));
		}
		long start = decoded.getAsLong();
		// A place that there is not yet is one of a database that has been restored.
		if (start > end || (start < end && !continues(start, this.changes.after(account, start, 1)))) {
			throw expired();
		}
		return start;
	}

	/** Whether entries follow on a version without a gap. */
	static boolean continues(long version, List<ChangeEntry> entries) {
		return !entries.isEmpty() && entries.getFirst().version() == version + 1
				&& entries.getLast().version() == version + entries.size();
	}

	static ApiException expired() {
		return ApiException.of(ErrorCode.CURSOR_EXPIRED,
				"The changes after this cursor are not kept any longer. Load everything anew.");
	}

}
