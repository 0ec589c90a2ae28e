package dev.kennel.paging;

import java.time.LocalDate;

import dev.kennel.text.YearRange;
import org.jspecify.annotations.Nullable;

/**
 * The range that a day has to lie in. A bound that is null is open.
 *
 * @param gte the first day in it
 * @param lt the first day after it
 */
public record DateFilter(@Nullable @YearRange LocalDate gte, @Nullable @YearRange LocalDate lt) {
}
