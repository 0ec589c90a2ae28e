/**
 * The writes of owners and dogs: one statement inserts, updates or deletes a row, appends
 * its entry to the change feed, and enforces the quota of the account.
 */
@NullMarked
package dev.kennel.write;

import org.jspecify.annotations.NullMarked;
