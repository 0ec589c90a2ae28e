package dev.kennel.change;

/**
 * A position in a feed: after an entry. A database that has been restored, or has failed
 * over to a standby that was behind, assigns versions a second time; the fingerprint
 * distinguishes entries of the same version.
 *
 * @param version the version of the entry; 0 before the first
 * @param fingerprint a hash that nearly always differs for another entry, or 0 if it is
 * not known
 */
record FeedPosition(long version, int fingerprint) {

	/**
	 * The fingerprints of two entries are equal with a probability of one in eight
	 * million.
	 */
	static final int FINGERPRINT_BITS = 23;

	/** Returns the position after an entry. */
	static FeedPosition after(ChangeEntry entry) {
		int hash = entry.nodeId().uuid().hashCode() * 31 + entry.kind().name().hashCode();
		hash = hash * 31 + Long.hashCode(entry.at().toInstant().toEpochMilli());
		int fingerprint = (hash ^ (hash >>> FINGERPRINT_BITS)) & ((1 << FINGERPRINT_BITS) - 1);
		return new FeedPosition(entry.version(), Math.max(1, fingerprint));
	}

	/**
	 * Returns whether both positions have the same version, but that of different
	 * entries.
	 */
	boolean conflictsWith(FeedPosition other) {
		return this.version == other.version && this.fingerprint != 0 && other.fingerprint != 0
				&& this.fingerprint != other.fingerprint;
	}

}
