/**
 * The request line and header fields, as the RFCs define them: validation and parsing of
 * those of requests, and the common ones of responses. Has no state but caches.
 */
@NullMarked
package dev.kennel.server.header;

import org.jspecify.annotations.NullMarked;
