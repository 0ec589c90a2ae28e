/** The application: what starts it. Every feature has a package of its own below. */
@NullMarked
package dev.kennel;

import org.jspecify.annotations.NullMarked;
