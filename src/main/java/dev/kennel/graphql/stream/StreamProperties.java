package dev.kennel.graphql.stream;

import java.time.Duration;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import org.hibernate.validator.constraints.time.DurationMin;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Limits of streams.
 *
 * @param maxPerAccount the maximum number of open streams of an account on one instance:
 * WebSockets and event streams
 * @param maxPerConnection the maximum number of concurrent subscriptions on one WebSocket
 * @param maxConcurrentOperations the maximum number of concurrent operations on one
 * WebSocket; further ones are queued
 * @param maxWaitingSize the maximum size of the queued operations of one WebSocket, in
 * characters; further ones are RATE_LIMITED
 * @param maxUnsentSize the maximum size of the messages of a WebSocket that its client
 * has not read yet, in characters; beyond it, the WebSocket is closed. A single message
 * may be larger
 * @param heartbeat the interval of heartbeats, which keep both sides and proxies from
 * treating the connection as dead
 * @param sendTimeout the time within which a client has to read some of the data that is
 * sent; on a WebSocket, it has to read a whole message within six times as long
 * @param connectionInitTimeout the time within which a WebSocket has to send
 * {@code connection_init}
 * @param maxMessageSize the maximum size of a client's message on a WebSocket, in bytes;
 * each connection allocates twice as much memory
 */
@Validated
@ConfigurationProperties("kennel.streams")
public record StreamProperties(@DefaultValue("50") @Min(1) int maxPerAccount,
		@DefaultValue("20") @Min(1) int maxPerConnection, @DefaultValue("8") @Min(1) int maxConcurrentOperations,
		@DefaultValue("64KB") @NotNull DataSize maxWaitingSize, @DefaultValue("8MB") @NotNull DataSize maxUnsentSize,
		@DefaultValue("12s") @NotNull @DurationMin(millis = 100) Duration heartbeat,
		@DefaultValue("10s") @NotNull @DurationMin(millis = 100) Duration sendTimeout,
		@DefaultValue("10s") @NotNull @DurationMin(millis = 100) Duration connectionInitTimeout,
		@DefaultValue("32KB") @NotNull DataSize maxMessageSize) {
}
