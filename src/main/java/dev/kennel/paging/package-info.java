/**
 * Lists: Relay connections, cursors and keyset pagination. One mechanism serves every
 * list of the API, and the SQL that reads an account's rows is written only here.
 *
 * @see <a href="https://relay.dev/graphql/connections.htm">GraphQL Cursor Connections
 * Specification</a>
 */
@NullMarked
package dev.kennel.paging;

import org.jspecify.annotations.NullMarked;
