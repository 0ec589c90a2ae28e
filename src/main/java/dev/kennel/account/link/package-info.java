/**
 * Links in mails: their one-time tokens, and the pages that they open.
 */
@NullMarked
package dev.kennel.account.link;

import org.jspecify.annotations.NullMarked;
