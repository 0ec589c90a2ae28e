package dev.kennel.session;

/**
 * The result of {@code logout}.
 *
 * @param success always true
 */
record LogoutPayload(boolean success) {
}
