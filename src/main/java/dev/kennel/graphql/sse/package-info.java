/**
 * Server-sent events: operations whose responses are sent as a stream of an HTTP
 * response.
 */
@NullMarked
package dev.kennel.graphql.sse;

import org.jspecify.annotations.NullMarked;
