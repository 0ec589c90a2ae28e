/**
 * What tests are written with: a service over a real PostgreSQL, and a client that speaks
 * GraphQL over HTTP.
 */
@NullMarked
package dev.kennel.test;

import org.jspecify.annotations.NullMarked;
