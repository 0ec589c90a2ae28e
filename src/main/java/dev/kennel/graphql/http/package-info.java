/**
 * GraphQL over HTTP: a thin transport over Spring GraphQL's {@code WebGraphQlHandler}, on
 * the request's own thread.
 *
 * @see <a href="https://graphql.github.io/graphql-over-http/draft/">GraphQL over HTTP</a>
 */
@NullMarked
package dev.kennel.graphql.http;

import org.jspecify.annotations.NullMarked;
