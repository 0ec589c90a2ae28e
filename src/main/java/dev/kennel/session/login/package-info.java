/**
 * The ways to log in: by password, passkey or mail, and the second factor that may
 * follow.
 */
@NullMarked
package dev.kennel.session.login;

import org.jspecify.annotations.NullMarked;
