package dev.kennel.change;

/**
 * A place in a feed: behind an entry. A database that has been restored, or has failed
 * over to a standby that was behind, gives versions a second time; by the fingerprint,
 * the entry is told from another one of the same version.
 *
 * @param version the version of the entry; 0 before the first
 * @param fingerprint what is nearly always different for another entry, or 0 if it is not
 * known
 */
record FeedPosition(long version, int fingerprint) {

	/** One of eight million entries has the same. */
	static final int FINGERPRINT_BITS = 23;

	/** The place behind an entry. */
	static FeedPosition behind(ChangeEntry entry) {
		int hash = entry.nodeId().uuid().hashCode() * 31 + entry.kind().name().hashCode();
		hash = hash * 31 + Long.hashCode(entry.at().toInstant().toEpochMilli());
		int fingerprint = (hash ^ (hash >>> FINGERPRINT_BITS)) & ((1 << FINGERPRINT_BITS) - 1);
		return new FeedPosition(entry.version(), Math.max(1, fingerprint));
	}

	/** Whether the entry of this version is another one than that of this place. */
	boolean contradicts(FeedPosition other) {
		return this.version == other.version && this.fingerprint != 0 && other.fingerprint != 0
				&& this.fingerprint != other.fingerprint;
	}

}
