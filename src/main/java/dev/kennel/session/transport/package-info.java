/**
 * The transport of tokens, by payload or cookie, and the protection of cookies from
 * cross-site requests.
 */
@NullMarked
package dev.kennel.session.transport;

import org.jspecify.annotations.NullMarked;
