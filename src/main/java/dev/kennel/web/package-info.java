/**
 * Pages for browsers: GraphiQL, the web app, static files, and the URL and the origins
 * that belong to the service.
 */
@NullMarked
package dev.kennel.web;

import org.jspecify.annotations.NullMarked;
