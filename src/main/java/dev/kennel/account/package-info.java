/**
 * Accounts: their rows, how other packages find and lock them, and the interfaces that
 * sessions implement for them.
 *
 * <p>
 * A log-in with the password issues a token to its device, which later log-ins send
 * ({@link dev.kennel.account.DeviceProof}). The terms for devices are the same in all
 * packages:
 * <ul>
 * <li>A <em>claimed</em> device has sent a valid token. Whether the token is of the
 * account that it logs in to is not checked yet, since that may take a statement
 * ({@link dev.kennel.throttle.ClaimedDevice}).
 * <li>A <em>known</em> device has logged in to the account with its present password. Its
 * attempts have a rate limit of their own. For attempts at one-time codes, it has also
 * proved the second factor since that was changed last, however long ago.
 * <li>A <em>trusted</em> device has proved the second factor within 30 days, and since
 * the factors or the policy were changed last ({@link dev.kennel.account.DeviceTrust}).
 * If the policy of the account is {@code NEW_DEVICES}, a log-in with the password needs
 * no second factor there.
 * </ul>
 */
@NullMarked
package dev.kennel.account;

import org.jspecify.annotations.NullMarked;
