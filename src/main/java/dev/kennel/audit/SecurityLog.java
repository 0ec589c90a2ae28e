package dev.kennel.audit;

import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.Client;
import dev.kennel.identity.NodeKind;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Writes one line for each security event, to the logger {@code dev.kennel.security}. It
 * names who by id only: no name, password, address of a mail or token is ever in it. The
 * members are key-value pairs too, for structured logging.
 */
@Component
public class SecurityLog {

	/** The logger's name. */
	public static final String LOGGER = "dev.kennel.security";

	private static final Logger logger = LoggerFactory.getLogger(LOGGER);

	private static final String NONE = "-";

	private final Map<SecurityEvent, LongAdder> counts = new EnumMap<>(SecurityEvent.class);

	/** Creates a log without events. */
	public SecurityLog() {
		for (SecurityEvent event : SecurityEvent.values()) {
			this.counts.put(event, new LongAdder());
		}
	}

	/** How often an event has been recorded. */
	long count(SecurityEvent event) {
		LongAdder count = this.counts.get(event);
		return (count != null) ? count.sum() : 0;
	}

	/**
	 * Writes an event down; in a transaction, once that is committed, and not at all if
	 * it is rolled back.
	 * @param event what happened
	 * @param account whose account it is about, if it is known
	 * @param session which session it is about, if any
	 * @param client where it came from
	 */
	public void record(SecurityEvent event, @Nullable AccountId account, @Nullable UUID session, Client client) {
		if (TransactionSynchronizationManager.isSynchronizationActive()) {
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void afterCommit() {
					write(event, account, session, client);
				}

			});
		}
		else {
			write(event, account, session, client);
		}
	}

	private void write(SecurityEvent event, @Nullable AccountId account, @Nullable UUID session, Client client) {
		this.counts.computeIfAbsent(event, (none) -> new LongAdder()).increment();
		String accountId = (account != null) ? NodeKind.USER.id(account.value()).toString() : NONE;
		String sessionId = (session != null) ? NodeKind.SESSION.id(session).toString() : NONE;
		LoggingEventBuilder line = logger.atLevel(event.alarming() ? Level.WARN : Level.INFO)
			.addKeyValue("event", event.text())
			.addKeyValue("account", accountId)
			.addKeyValue("session", sessionId)
			.addKeyValue("address", client.address())
			.addKeyValue("request", client.requestId());
		line.log("event={} account={} session={} address={} request={}", event.text(), accountId, sessionId,
				client.address(), client.requestId());
	}

}
