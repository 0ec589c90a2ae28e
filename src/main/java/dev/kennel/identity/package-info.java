/**
 * Who is asking, and what objects are called: accounts, callers, clients, and the ids of
 * the API.
 */
@NullMarked
package dev.kennel.identity;

import org.jspecify.annotations.NullMarked;
