/**
 * Email addresses of accounts: their verification, their replacement, and the restoration
 * of the address before.
 */
@NullMarked
package dev.kennel.account.email;

import org.jspecify.annotations.NullMarked;
