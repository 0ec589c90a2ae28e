package dev.kennel.paging;

import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * Which page of which list.
 *
 * @param parent the object whose list it is, or null for the account's own
 * @param query the page
 */
record PageKey(@Nullable UUID parent, PageQuery query) {
}
