package dev.kennel.paging.filter;

import java.time.LocalDate;

import dev.kennel.text.YearRange;
import org.jspecify.annotations.Nullable;

/**
 * A filter on a date. A null member adds no condition.
 *
 * @param eq equal to the date
 * @param gt after the date
 * @param gte on the date or after it
 * @param lt before the date
 * @param lte on the date or before it
 * @param isNull whether the date is unknown
 */
public record DateFilter(@Nullable @YearRange LocalDate eq, @Nullable @YearRange LocalDate gt,
		@Nullable @YearRange LocalDate gte, @Nullable @YearRange LocalDate lt, @Nullable @YearRange LocalDate lte,
		@Nullable Boolean isNull) {
}
