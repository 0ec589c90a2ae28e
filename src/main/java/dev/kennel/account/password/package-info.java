/**
 * Passwords: authentication, changes and resets; what a new one may be, and its hash.
 */
@NullMarked
package dev.kennel.account.password;

import org.jspecify.annotations.NullMarked;
