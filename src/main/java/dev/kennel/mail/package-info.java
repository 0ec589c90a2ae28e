/**
 * Mails, sent by a transactional outbox: a mail is sent after the commit of its
 * transaction, even if the service is killed in between, and retried until the mail
 * server accepts it.
 */
@NullMarked
package dev.kennel.mail;

import org.jspecify.annotations.NullMarked;
