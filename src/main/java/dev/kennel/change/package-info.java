/**
 * The change feed: every change of an account's owners and dogs, in commit order, and the
 * subscriptions that follow it.
 */
@NullMarked
package dev.kennel.change;

import org.jspecify.annotations.NullMarked;
