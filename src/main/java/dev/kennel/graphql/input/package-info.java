/** What holds for every text that a client sends. */
@NullMarked
package dev.kennel.graphql.input;

import org.jspecify.annotations.NullMarked;
