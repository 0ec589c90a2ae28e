/**
 * Notifications between instances, by LISTEN and NOTIFY of PostgreSQL.
 */
@NullMarked
package dev.kennel.database.notification;

import org.jspecify.annotations.NullMarked;
