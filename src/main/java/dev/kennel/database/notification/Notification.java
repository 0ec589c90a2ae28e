package dev.kennel.database.notification;

/**
 * A notification.
 *
 * @param channel the channel's name
 * @param payload the payload
 */
record Notification(String channel, String payload) {
}
