/**
 * The engine's edge: what connects Spring for GraphQL with HTTP, with the caller of a
 * request, and with the features' controllers.
 */
@NullMarked
package dev.kennel.graphql;

import org.jspecify.annotations.NullMarked;
