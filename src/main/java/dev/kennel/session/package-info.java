/**
 * Sessions: the ways to log in, refresh, revocation, and the transport of tokens by
 * payload or cookie.
 */
@NullMarked
package dev.kennel.session;

import org.jspecify.annotations.NullMarked;
