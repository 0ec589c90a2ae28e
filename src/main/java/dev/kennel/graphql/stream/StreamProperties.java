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
 * What streams may be.
 *
 * @param maxPerAccount how many an account may have open on one instance: WebSockets and
 * event streams
 * @param maxPerConnection how many subscriptions there may be at once on one WebSocket
 * @param maxConcurrentOperations how many operations run at once on one WebSocket;
 * further ones wait
 * @param maxWaitingSize the characters of the messages on one WebSocket whose operations
 * wait; one more is RATE_LIMITED
 * @param maxUnsentSize the characters of the messages of a WebSocket that its client has
 * not taken yet; with more, it is closed. One message alone may be larger
 * @param heartbeat how often something is sent, so that neither side and nothing between
 * them takes the connection for dead
 * @param sendTimeout how long a client may take nothing of what is sent; on a WebSocket,
 * it has to take a message within six times as long
 * @param connectionInitTimeout how long a WebSocket may be open before it says whose it
 * is
 * @param maxMessageSize the bytes of a client's message on a WebSocket; each connection
 * keeps twice as much memory
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
