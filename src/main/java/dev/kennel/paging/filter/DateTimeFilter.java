package dev.kennel.paging.filter;

import java.time.OffsetDateTime;

import dev.kennel.text.YearRange;
import org.jspecify.annotations.Nullable;

/**
 * A filter on a time. A null member adds no condition.
 *
 * @param eq equal to the time
 * @param gt after the time
 * @param gte at the time or after it
 * @param lt before the time
 * @param lte at the time or before it
 */
public record DateTimeFilter(@Nullable @YearRange OffsetDateTime eq, @Nullable @YearRange OffsetDateTime gt,
		@Nullable @YearRange OffsetDateTime gte, @Nullable @YearRange OffsetDateTime lt,
		@Nullable @YearRange OffsetDateTime lte) {
}
