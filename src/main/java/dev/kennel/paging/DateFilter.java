package dev.kennel.paging;

import java.time.LocalDate;

import dev.kennel.text.YearRange;
import org.jspecify.annotations.Nullable;

/**
 * A range of dates. A null bound is open.
 *
 * @param gte the inclusive lower bound
 * @param lt the exclusive upper bound
 */
public record DateFilter(@Nullable @YearRange LocalDate gte, @Nullable @YearRange LocalDate lt) {
}
