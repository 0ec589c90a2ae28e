/**
 * Sessions: log-in, refresh and revocation, with their access, refresh and device tokens.
 */
@NullMarked
package dev.kennel.session;

import org.jspecify.annotations.NullMarked;
