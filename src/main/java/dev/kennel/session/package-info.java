/**
 * Logging in and staying in: sessions, access tokens, and what becomes of them at
 * log-out.
 */
@NullMarked
package dev.kennel.session;

import org.jspecify.annotations.NullMarked;
