/**
 * Sessions: how they are opened, refreshed, listed and revoked, and how requests are
 * authenticated by their tokens.
 */
@NullMarked
package dev.kennel.session;

import org.jspecify.annotations.NullMarked;
