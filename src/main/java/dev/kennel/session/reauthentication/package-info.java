/**
 * Further proofs of sessions, and the operations that require recent ones.
 */
@NullMarked
package dev.kennel.session.reauthentication;

import org.jspecify.annotations.NullMarked;
