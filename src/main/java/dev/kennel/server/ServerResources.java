package dev.kennel.server;

import java.time.Duration;

import dev.kennel.server.header.ClientAddresses;
import dev.kennel.server.limit.MemoryPermits;
import dev.kennel.server.limit.RequestPermits;
import org.jspecify.annotations.Nullable;

/**
 * The resources of a server that all of its exchanges share. Those of the service and of
 * the {@link ManagementServer} are separate.
 *
 * @param errors the bodies of error responses
 * @param addresses the resolver of clients' addresses
 * @param permits the executor of blocking requests
 * @param requestMemory the permits for request bodies
 * @param responseMemory the permits for response bodies
 * @param bodyTimeout the time within which a request body has to arrive
 * @param sendTimeout the time within which a client has to read some of a response
 * @param pendingBodies the registry of incomplete request bodies
 * @param meters the metrics of requests
 * @param accessLog the access log, or null if it is disabled
 * @param tracer the tracer, or null if requests are not traced
 */
record ServerResources(ErrorBodies errors, ClientAddresses addresses, RequestPermits permits,
		MemoryPermits requestMemory, MemoryPermits responseMemory, Duration bodyTimeout, Duration sendTimeout,
		PendingRequestBodies pendingBodies, HttpMeters meters, @Nullable AccessLog accessLog,
		@Nullable HttpTracer tracer) {
}
