package dev.kennel.server.limit;

import java.util.concurrent.Semaphore;

/**
 * Permits that bound the total memory of large bodies: request bodies that arrive slowly,
 * and responses that are read slowly. Small bodies need no permit, so that ordinary
 * clients are not rejected because of others.
 */
public final class MemoryPermits {

	/** The maximum size of a body that needs no permit, in bytes. */
	public static final int SMALL = 8192;

	/** The number of bytes of a permit. */
	private static final int UNIT = 1024;

	private final Semaphore units;

	/**
	 * Creates permits.
	 * @param bytes the total memory in bytes
	 */
	public MemoryPermits(long bytes) {
		this.units = new Semaphore((int) Math.min(Integer.MAX_VALUE, bytes / UNIT));
	}

	/**
	 * Creates permits for a fraction of the heap.
	 * @param divisor the divisor, such as 16 for a sixteenth
	 * @return the permits
	 */
	public static MemoryPermits ofHeap(int divisor) {
		return new MemoryPermits(Runtime.getRuntime().maxMemory() / divisor);
	}

	/**
	 * Acquires permits for a growing body, if available.
	 * @param from the number of bytes for which permits are held
	 * @param to the number of bytes for which permits are needed
	 * @return whether the permits were acquired; if not, none was
	 */
	public boolean tryGrow(int from, int to) {
		int additional = units(to) - units(from);
		return additional <= 0 || this.units.tryAcquire(additional);
	}

	/**
	 * Releases permits.
	 * @param bytes the number of bytes for which permits are held
	 */
	public void release(int bytes) {
		shrink(bytes, 0);
	}

	/**
	 * Releases a part of the permits.
	 * @param from the number of bytes for which permits are held
	 * @param to the number of bytes for which permits are still needed
	 */
	public void shrink(int from, int to) {
		int surplus = units(from) - units(to);
		if (surplus > 0) {
			this.units.release(surplus);
		}
	}

	private static int units(int bytes) {
		return Math.ceilDiv(Math.max(0, bytes - SMALL), UNIT);
	}

}
