/**
 * Mails: what a transaction has decided to write is sent after its commit, even if the
 * service is killed in between, and again until the mail server takes it.
 */
@NullMarked
package dev.kennel.mail;

import org.jspecify.annotations.NullMarked;
