package dev.kennel.engine.loader;

import java.util.concurrent.CompletableFuture;

/**
 * A load that fields of a level have requested. All loads of a level are started before
 * any is awaited.
 */
public interface PendingLoad {

	/**
	 * Starts the load. A blocking load completes within this call.
	 * @return a future that completes, normally or exceptionally, with the load
	 */
	CompletableFuture<?> start();

	/** Completes the futures of the fields with the loaded values or the failure. */
	void finish();

}
