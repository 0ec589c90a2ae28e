package dev.kennel.audit;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.AuthenticationMethod;
import dev.kennel.identity.Client;
import dev.kennel.identity.IpAddress;
import dev.kennel.identity.NodeId;
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
 * The audit log: one line per security event, by the logger {@code dev.kennel.security}.
 * Accounts and sessions are named by their ids only; no username, password, email address
 * or token is logged. The members are also key-value pairs, for structured logging:
 * fields of the Elastic Common Schema, or of Kennel where that has none. The request's id
 * is in the log context already.
 *
 * @see <a href= "https://www.elastic.co/docs/reference/ecs/ecs-field-reference">Elastic
 * Common Schema, fields</a>
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

	/** Returns how often an event has been recorded. */
	long count(SecurityEvent event) {
		LongAdder count = this.counts.get(event);
		return (count != null) ? count.sum() : 0;
	}

	/**
	 * Records an event; in a transaction, after its commit, and not at all after a
	 * rollback.
	 * @param event the event
	 * @param account the account, or null if it is unknown
	 * @param session the session, or null if there is none
	 * @param client the client that caused it
	 */
	public void record(SecurityEvent event, @Nullable AccountId account, @Nullable UUID session, Client client) {
		record(event, account, session, client, "object", null);
	}

	/**
	 * Records an event of an object of an account, as
	 * {@link #record(SecurityEvent, AccountId, UUID, Client)} does.
	 * @param event the event
	 * @param account the account, or null if it is unknown
	 * @param session the session, or null if there is none
	 * @param client the client that caused it
	 * @param object the object, such as a passkey; null for none
	 */
	public void record(SecurityEvent event, @Nullable AccountId account, @Nullable UUID session, Client client,
			@Nullable NodeId object) {
		record(event, account, session, client, "object", object);
	}

	/**
	 * Records a log-in, as {@link #record(SecurityEvent, AccountId, UUID, Client)} does.
	 * @param event the event
	 * @param account the account, or null if it is unknown
	 * @param session the session, or null if there is none
	 * @param client the client that caused it
	 * @param methods the methods by which the account authenticated, or failed to
	 */
	public void record(SecurityEvent event, @Nullable AccountId account, @Nullable UUID session, Client client,
			Collection<AuthenticationMethod> methods) {
		record(event, account, session, client, "amr", AuthenticationMethod.join(methods).replace(' ', ','));
	}

	private void record(SecurityEvent event, @Nullable AccountId account, @Nullable UUID session, Client client,
			String member, @Nullable Object value) {
		if (TransactionSynchronizationManager.isSynchronizationActive()) {
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void afterCommit() {
					write(event, account, session, client, member, value);
				}

			});
		}
		else {
			write(event, account, session, client, member, value);
		}
	}

	private void write(SecurityEvent event, @Nullable AccountId account, @Nullable UUID session, Client client,
			String member, @Nullable Object value) {
		this.counts.computeIfAbsent(event, (none) -> new LongAdder()).increment();
		String accountId = (account != null) ? NodeKind.USER.id(account.value()).toString() : NONE;
		String sessionId = (session != null) ? NodeKind.SESSION.id(session).toString() : NONE;
		LoggingEventBuilder line = logger.atLevel(event.alarming() ? Level.WARN : Level.INFO)
			.addKeyValue("event.action", event.text())
			.addKeyValue("client.address", client.address());
		if (IpAddress.isAddress(client.address())) {
			line = line.addKeyValue("client.ip", client.address());
		}
		if (account != null) {
			line = line.addKeyValue("user.id", accountId);
		}
		if (session != null) {
			line = line.addKeyValue("kennel.session", sessionId);
		}
		if (value != null) {
			line = line.addKeyValue("kennel." + member, value);
		}
		line.log("event={} account={} session={} address={} request={}{}", event.text(), accountId, sessionId,
				client.address(), client.requestId(), (value != null) ? " " + member + "=" + value : "");
	}

}
