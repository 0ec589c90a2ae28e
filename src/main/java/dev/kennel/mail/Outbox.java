package dev.kennel.mail;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.kennel.database.DatabaseSample;
import dev.kennel.database.DatabaseSampleSource;
import io.micrometer.core.instrument.Tags;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.mail.MailException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Takes orders for letters. */
@Component
public class Outbox implements SmartLifecycle, DatabaseSampleSource {

	private static final Logger logger = LoggerFactory.getLogger(Outbox.class);

	private final Map<String, MailTemplate> writers;

	private final MailTransport postman;

	private final OutboxRepository orders;

	private volatile boolean running;

	Outbox(List<MailTemplate> writers, MailTransport postman, OutboxRepository orders) {
		this.writers = writers.stream().collect(Collectors.toMap(MailTemplate::kind, (writer) -> writer));
		this.postman = postman;
		this.orders = orders;
	}

	/**
	 * Orders a letter. In a transaction, it is sent after the commit, and not at all
	 * after a rollback.
	 * @param kind who writes it
	 * @param subject what the writer is told: nothing secret, since it waits in the store
	 */
	public void enqueue(String kind, String subject) {
		if (!this.writers.containsKey(kind)) {
			throw new IllegalArgumentException("Nobody writes letters of the kind " + kind);
		}
		this.orders.add(new MailJob(kind, subject));
		if (TransactionSynchronizationManager.isSynchronizationActive()) {
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void afterCommit() {
					hurry();
				}

			});
		}
		else {
			hurry();
		}
	}

	@Override
	public List<DatabaseSample> samples() {
		return List.of(
				new DatabaseSample("kennel.mail.outbox", Tags.empty(), "", "Mails that are yet to be sent",
						this.orders::count),
				new DatabaseSample("kennel.mail.outbox.age", Tags.empty(), "seconds",
						"How long ago the first of them was ordered", this.orders::oldest));
	}

	private void hurry() {
		if (this.running) {
			this.orders.hurry();
		}
	}

	private void send(MailJob order) {
		MailTemplate writer = this.writers.get(order.kind());
		if (writer == null) {
			throw new IllegalStateException("Nobody writes letters of the kind " + order.kind());
		}
		try {
			MailMessage letter = writer.write(order.subject());
			if (letter != null) {
				this.postman.deliver(letter);
			}
		}
		catch (MailException ex) {
			// Its message may name the address.
			logger.warn("A mail of the kind {} could not be sent, and will be tried again: {}", order.kind(),
					ex.getClass().getSimpleName());
			throw ex;
		}
		catch (RuntimeException ex) {
			logger.warn("A mail of the kind {} could not be written, and will be tried again", order.kind(), ex);
			throw ex;
		}
	}

	/** The scheduler below can't be started a second time. */
	@Override
	public boolean isPauseable() {
		return false;
	}

	/** Until the last request has been responded to. */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE - 4096;
	}

	@Override
	public void start() {
		this.orders.start(this::send);
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.orders.stop();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
