package dev.kennel.database;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the instances tell each other what has happened.
 *
 * @param enabled whether PostgreSQL's LISTEN and NOTIFY are used. Off, for instance
 * behind a connection pooler that can't carry them, the instances find out by looking
 */
@ConfigurationProperties("kennel.notifications")
record NotificationProperties(@DefaultValue("true") boolean enabled) {
}
