/** Kennel as a subgraph of a federated graph: its SDL, and its entities by their keys. */
@NullMarked
package dev.kennel.graphql.federation;

import org.jspecify.annotations.NullMarked;
