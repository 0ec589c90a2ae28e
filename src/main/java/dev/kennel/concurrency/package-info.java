/**
 * What limits, orders and ends work, whatever it is about: it knows nothing of GraphQL,
 * of accounts or of the store.
 */
@NullMarked
package dev.kennel.concurrency;

import org.jspecify.annotations.NullMarked;
