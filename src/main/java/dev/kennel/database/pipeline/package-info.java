/**
 * The second way to the store: statements of many requests, pipelined over few
 * connections that belong to event loops. What has to wait for rows may do so on a
 * virtual thread, or go on where they arrive.
 */
@NullMarked
package dev.kennel.database.pipeline;

import org.jspecify.annotations.NullMarked;
