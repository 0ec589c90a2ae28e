package dev.kennel.paging;

import java.time.OffsetDateTime;

import dev.kennel.text.YearRange;
import org.jspecify.annotations.Nullable;

/**
 * The range that a moment has to lie in. A bound that is null is open.
 *
 * @param gte the first moment in it
 * @param lt the first moment after it
 */
public record DateTimeFilter(@Nullable @YearRange OffsetDateTime gte, @Nullable @YearRange OffsetDateTime lt) {
}
