/**
 * GraphQL over WebSocket: the protocol {@code graphql-transport-ws} with its messages,
 * states and limits, and the adapter to the server.
 *
 * @see <a href= "https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md">GraphQL
 * over WebSocket</a>
 */
@NullMarked
package dev.kennel.graphql.websocket;

import org.jspecify.annotations.NullMarked;
