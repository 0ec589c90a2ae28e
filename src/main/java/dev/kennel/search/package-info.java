/** The search over the names and breeds of owners and dogs. */
@NullMarked
package dev.kennel.search;

import org.jspecify.annotations.NullMarked;
