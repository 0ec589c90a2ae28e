/**
 * Accounts: sign-up, profile, password, verification of the email address, and deletion.
 */
@NullMarked
package dev.kennel.account;

import org.jspecify.annotations.NullMarked;
