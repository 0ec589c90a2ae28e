/**
 * The identity of requests and of objects: accounts, callers, clients, and the ids of the
 * API.
 */
@NullMarked
package dev.kennel.identity;

import org.jspecify.annotations.NullMarked;
