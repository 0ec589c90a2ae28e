package dev.kennel.paging;

import org.jspecify.annotations.Nullable;

/**
 * The number of rows in a group.
 *
 * @param value the value of the group, or null for the rows without one
 * @param count the number of rows
 */
public record GroupCount(@Nullable String value, int count) {
}
