package dev.kennel.account;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Initializes the JPA repository, whose bootstrap is deferred, before the port is opened.
 * Spring Data would do so afterwards: then the main thread and the virtual threads of
 * requests load classes from the packaged jar at the same time, and a virtual thread that
 * is next to get the lock of the jar may wait for a carrier forever, since the others are
 * pinned while they wait for the class loader of the main thread.
 */
@Component
class UserRepositoryInitializer implements SmartLifecycle {

	private final ObjectProvider<UserRepository> users;

	private volatile boolean running;

	UserRepositoryInitializer(ObjectProvider<UserRepository> users) {
		this.users = users;
	}

	@Override
	public void start() {
		this.users.getObject();
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1;
	}

}
