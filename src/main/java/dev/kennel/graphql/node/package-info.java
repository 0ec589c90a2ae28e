/** Global object identification: lookup of any object by its id. */
@NullMarked
package dev.kennel.graphql.node;

import org.jspecify.annotations.NullMarked;
