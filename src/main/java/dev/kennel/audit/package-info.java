/** The audit log of security events, with their metrics. */
@NullMarked
package dev.kennel.audit;

import org.jspecify.annotations.NullMarked;
