/**
 * A second client for PostgreSQL: statements of many requests are pipelined over few
 * connections that belong to event loops. A caller waits for the rows on a virtual
 * thread, or continues on the event loop where they arrive.
 */
@NullMarked
package dev.kennel.database.pipeline;

import org.jspecify.annotations.NullMarked;
