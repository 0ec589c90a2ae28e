package dev.kennel.mail;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.kennel.database.monitor.DatabaseSample;
import dev.kennel.database.monitor.DatabaseSampleSource;
import io.micrometer.core.instrument.Tags;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.mail.MailException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The transactional outbox of mails. */
@Component
public class Outbox implements SmartLifecycle, DatabaseSampleSource {

	private static final Logger logger = LoggerFactory.getLogger(Outbox.class);

	private final Map<String, MailTemplate> templates;

	private final MailTransport transport;

	private final OutboxRepository jobs;

	private volatile boolean running;

	Outbox(List<MailTemplate> templates, MailTransport transport, OutboxRepository jobs) {
		this.templates = templates.stream().collect(Collectors.toMap(MailTemplate::kind, (template) -> template));
		this.transport = transport;
		this.jobs = jobs;
	}

	/**
	 * Enqueues a mail. In a transaction, it is sent after the commit, and not at all
	 * after a rollback.
	 * @param kind the kind of the template
	 * @param subject the parameter of the template; not a secret, since the database
	 * stores it
	 */
	public void enqueue(String kind, String subject) {
		if (!this.templates.containsKey(kind)) {
			throw new IllegalArgumentException("No mail template of the kind " + kind);
		}
		this.jobs.add(new MailJob(kind, subject));
		if (TransactionSynchronizationManager.isSynchronizationActive()) {
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void afterCommit() {
					pollNow();
				}

			});
		}
		else {
			pollNow();
		}
	}

	@Override
	public List<DatabaseSample> samples() {
		return List.of(
				new DatabaseSample("kennel.mail.outbox", Tags.empty(), "", "Mails that are yet to be sent",
						this.jobs::count),
				new DatabaseSample("kennel.mail.outbox.age", Tags.empty(), "seconds",
						"How long ago the first of them was enqueued", this.jobs::oldest));
	}

	private void pollNow() {
		if (this.running) {
			this.jobs.pollNow();
		}
	}

	private void send(MailJob job) {
		MailTemplate template = this.templates.get(job.kind());
		if (template == null) {
			throw new IllegalStateException("No mail template of the kind " + job.kind());
		}
		try {
			MailMessage mail = template.write(job.subject());
			if (mail != null) {
				this.transport.deliver(mail);
			}
		}
		catch (MailException ex) {
			// The exception's message may contain the address.
			logger.warn("A mail of the kind {} could not be sent, and will be tried again: {}", job.kind(),
					ex.getClass().getSimpleName());
			throw ex;
		}
		catch (RuntimeException ex) {
			logger.warn("A mail of the kind {} could not be written, and will be tried again", job.kind(), ex);
			throw ex;
		}
	}

	/** The scheduler can't be restarted. */
	@Override
	public boolean isPauseable() {
		return false;
	}

	/** Stops after the last request has been responded to. */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE - 4096;
	}

	@Override
	public void start() {
		this.jobs.start(this::send);
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.jobs.stop();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
