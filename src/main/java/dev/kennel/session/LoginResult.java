package dev.kennel.session;

/** The result of {@code beginLogin} and {@code finishEmailLogin}. */
public interface LoginResult {

}
