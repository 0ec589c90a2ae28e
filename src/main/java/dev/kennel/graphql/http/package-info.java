/**
 * GraphQL over HTTP: a thin transport between the server and {@code OperationHandler}.
 *
 * @see <a href="https://graphql.github.io/graphql-over-http/draft/">GraphQL over HTTP</a>
 */
@NullMarked
package dev.kennel.graphql.http;

import org.jspecify.annotations.NullMarked;
