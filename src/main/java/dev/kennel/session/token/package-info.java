/**
 * Tokens of sessions: access, refresh and device tokens, and the keys that sign them.
 */
@NullMarked
package dev.kennel.session.token;

import org.jspecify.annotations.NullMarked;
