/** Ids of the objects in the graph, and how an object is found by one. */
@NullMarked
package dev.kennel.graphql.node;

import org.jspecify.annotations.NullMarked;
