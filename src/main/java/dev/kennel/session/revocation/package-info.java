/**
 * The revoked sessions, whose access tokens all instances refuse until they expire.
 */
@NullMarked
package dev.kennel.session.revocation;

import org.jspecify.annotations.NullMarked;
