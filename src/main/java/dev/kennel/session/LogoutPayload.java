package dev.kennel.session;

/**
 * The answer of {@code logout}.
 *
 * @param success always true
 */
record LogoutPayload(boolean success) {
}
