/**
 * The infrastructure of tests: a service on a real PostgreSQL, and a client that speaks
 * GraphQL over HTTP.
 */
@NullMarked
package dev.kennel.test;

import org.jspecify.annotations.NullMarked;
