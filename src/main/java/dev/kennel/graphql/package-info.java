/**
 * What all of an operation's subjects share: its caller, its batch, and what is called
 * before and after it.
 */
@NullMarked
package dev.kennel.graphql;

import org.jspecify.annotations.NullMarked;
