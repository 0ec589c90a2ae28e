/**
 * Plans: what an operation will call and complete, compiled once from its document and
 * the schema, and cached. An operation without a plan falls back to graphql-java.
 */
@NullMarked
package dev.kennel.engine.plan;

import org.jspecify.annotations.NullMarked;
