package dev.kennel.database;

/**
 * A notification.
 *
 * @param channel the channel's name
 * @param payload the payload
 */
record Notification(String channel, String payload) {
}
