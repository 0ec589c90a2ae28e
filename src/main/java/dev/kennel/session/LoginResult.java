package dev.kennel.session;

/**
 * The result of {@code beginLogin} and {@code finishEmailLogin}: a session, or the
 * challenge for a second factor. It can't be sealed, because its records are in two
 * packages.
 */
public interface LoginResult {

}
