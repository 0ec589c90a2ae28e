package dev.kennel.graphql.limit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What is known of an operation's cost once it has been let in, or refused.
 *
 * @param requested the objects that it can return, or null if it was refused before that
 * was looked at
 * @param limit how many it may return
 * @param budget what is left to who asks, or null if that has no limit
 * @param retryAfter how long to wait if nothing is left, or null
 */
record CostReport(@Nullable Integer requested, int limit, Budget.@Nullable State budget,
		@Nullable Duration retryAfter) {

	/** What {@code extensions.cost} of an answer says. */
	Map<String, Object> toExtension() {
		Map<String, Object> members = new LinkedHashMap<>();
		if (this.requested != null) {
			members.put("requested", this.requested);
		}
		members.put("limit", this.limit);
		if (this.budget != null) {
			Map<String, Object> left = new LinkedHashMap<>();
			left.put("limit", this.budget.limit());
			left.put("remaining", this.budget.remaining());
			left.put("resetAfter", this.budget.reset().toSeconds());
			members.put("budget", left);
		}
		return members;
	}

}
