/** What is written down for whoever has to find out later who did what. */
@NullMarked
package dev.kennel.audit;

import org.jspecify.annotations.NullMarked;
