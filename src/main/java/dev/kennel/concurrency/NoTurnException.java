package dev.kennel.concurrency;

/** Too many wait for their turn already. */
public final class NoTurnException extends RuntimeException {

	NoTurnException() {
		super("Too many wait for their turn", null, false, false);
	}

}
