package dev.kennel.session;

/** The result of {@code beginLogin}. */
sealed interface LoginResult permits AuthPayload, LoginChallenge {

}
