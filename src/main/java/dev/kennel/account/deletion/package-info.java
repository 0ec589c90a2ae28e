/**
 * Deletion of accounts, and the removal of their rows in the background.
 */
@NullMarked
package dev.kennel.account.deletion;

import org.jspecify.annotations.NullMarked;
