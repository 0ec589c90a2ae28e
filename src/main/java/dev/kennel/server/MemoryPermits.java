package dev.kennel.server;

import java.util.concurrent.Semaphore;

/**
 * Bounds the memory that large bodies take together: request bodies that arrive slowly,
 * and responses that are read slowly. Small ones are not counted, so that clients which
 * send what nearly all send are not refused because of others.
 */
public final class MemoryPermits {

	/** As large as a body may be without being counted, in bytes. */
	public static final int SMALL = 8192;

	/** A permit is for so many bytes. */
	private static final int UNIT = 1024;

	private final Semaphore units;

	/**
	 * Creates permits.
	 * @param bytes for so many bytes
	 */
	public MemoryPermits(long bytes) {
		this.units = new Semaphore((int) Math.min(Integer.MAX_VALUE, bytes / UNIT));
	}

	/**
	 * Creates permits for a part of the heap.
	 * @param divisor which part: 16 for a sixteenth
	 * @return the permits
	 */
	public static MemoryPermits ofHeap(int divisor) {
		return new MemoryPermits(Runtime.getRuntime().maxMemory() / divisor);
	}

	/**
	 * Takes permits for a body that grows, if there are any.
	 * @param from the bytes that permits are held for
	 * @param to the bytes that permits are needed for
	 * @return whether they are held now; otherwise none has been taken
	 */
	public boolean tryGrow(int from, int to) {
		int more = units(to) - units(from);
		return more <= 0 || this.units.tryAcquire(more);
	}

	/**
	 * Gives permits back.
	 * @param bytes the bytes that they were held for
	 */
	public void release(int bytes) {
		shrink(bytes, 0);
	}

	/**
	 * Gives a part of the permits back.
	 * @param from the bytes that permits are held for
	 * @param to the bytes that permits are still needed for
	 */
	public void shrink(int from, int to) {
		int fewer = units(from) - units(to);
		if (fewer > 0) {
			this.units.release(fewer);
		}
	}

	private static int units(int bytes) {
		return Math.ceilDiv(Math.max(0, bytes - SMALL), UNIT);
	}

}
