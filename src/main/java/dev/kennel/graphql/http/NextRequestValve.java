package dev.kennel.graphql.http;

import java.io.IOException;

import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Gives a request its place, sends the answer, and lets other requests run before Tomcat
 * looks whether the connection has a next one. Whoever sends many has mostly sent it by
 * then, and this thread goes on with it. Had Tomcat looked at once, it would have found
 * nothing, and given the connection to the thread that watches all of them: to be woken
 * for it, and to start another thread, costs about as much as a small query.
 */
final class NextRequestValve extends ValveBase {

	private final RequestThreads threads;

	private final BodyRest rest;

	/**
	 * Makes a valve that has to be around all others.
	 * @param threads those on which requests run
	 * @param rest reads what comes before the next request
	 */
	NextRequestValve(RequestThreads threads, BodyRest rest) {
		super(true);
		this.threads = threads;
		this.rest = rest;
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		this.threads.takePlace();
		try {
			getNext().invoke(request, response);
			if (request.isAsync()) {
				return;
			}
			// As Tomcat does right after this, which then finds it done.
			request.finishRequest();
			response.finishResponse();
		}
		finally {
			this.threads.givePlace();
		}
		this.rest.skip(request);
		if (!this.threads.areAwaited()) {
			this.threads.letOthersRun();
		}
	}

}
