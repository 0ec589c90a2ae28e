package dev.kennel.graphql.limit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The cost of an admitted or refused operation.
 *
 * @param requested the maximum number of objects that it returns, or null if it was
 * refused before its cost was computed
 * @param limit the maximum cost
 * @param budget the remaining budget, or null if it is unlimited
 * @param retryAfter the time to wait if the budget is used up, or null
 */
public record CostReport(@Nullable Integer requested, int limit, @Nullable BudgetState budget,
		@Nullable Duration retryAfter) {

	/**
	 * Returns the report for the response.
	 * @return the content of {@code extensions.cost}
	 */
	public Map<String, Object> toExtension() {
		Map<String, Object> members = new LinkedHashMap<>();
		if (this.requested != null) {
			members.put("requested", this.requested);
		}
		members.put("limit", this.limit);
		if (this.budget != null) {
			Map<String, Object> remaining = new LinkedHashMap<>();
			remaining.put("limit", this.budget.limit());
			remaining.put("remaining", this.budget.remaining());
			remaining.put("resetAfter", this.budget.reset().toSeconds());
			members.put("budget", remaining);
		}
		return members;
	}

}
