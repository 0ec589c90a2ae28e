package dev.kennel.paging;

import java.time.OffsetDateTime;

import dev.kennel.text.YearRange;
import org.jspecify.annotations.Nullable;

/**
 * A range of times. A null bound is open.
 *
 * @param gte the inclusive lower bound
 * @param lt the exclusive upper bound
 */
public record DateTimeFilter(@Nullable @YearRange OffsetDateTime gte, @Nullable @YearRange OffsetDateTime lt) {
}
