/**
 * Passkeys: WebAuthn credentials that an account registers, and that log in to it.
 */
@NullMarked
package dev.kennel.passkey;

import org.jspecify.annotations.NullMarked;
