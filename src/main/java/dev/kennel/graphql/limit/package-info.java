/**
 * What an operation may ask for: how it is limited, what it costs, and how long it may
 * take. Whatever can be known from the document is found out once.
 */
@NullMarked
package dev.kennel.graphql.limit;

import org.jspecify.annotations.NullMarked;
