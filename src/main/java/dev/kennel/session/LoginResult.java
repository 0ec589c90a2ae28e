package dev.kennel.session;

/** The result of {@code beginLogin} and {@code finishEmailLogin}. */
sealed interface LoginResult permits AuthPayload, LoginChallenge {

}
