/**
 * Lists: connections, cursors and keyset pages, one mechanism for every list in the API,
 * and the one place where SQL is written that reads an account's rows.
 *
 * @see <a href="https://relay.dev/graphql/connections.htm">GraphQL Cursor Connections
 * Specification</a>
 */
@NullMarked
package dev.kennel.paging;

import org.jspecify.annotations.NullMarked;
