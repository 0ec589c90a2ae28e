/**
 * Sign-up, and the name and the address that an account has chosen.
 */
@NullMarked
package dev.kennel.account.profile;

import org.jspecify.annotations.NullMarked;
