package dev.kennel.database.pipeline;

/** Thrown if the session of the replica ends while a statement is in flight. */
public final class ReplicaUnavailableException extends RuntimeException {

	ReplicaUnavailableException() {
		super("The replica is not available any longer");
	}

}
