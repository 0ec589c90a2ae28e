package dev.kennel.session.reauthentication;

/**
 * What a session has proved recently.
 *
 * @param any whether it has proved the password, the second factor or a passkey, by its
 * log-in or since
 * @param factor whether it has proved the second factor or a passkey
 * @param factorRequired whether its account has a second factor or passkeys
 */
record SessionProofs(boolean any, boolean factor, boolean factorRequired) {
}
