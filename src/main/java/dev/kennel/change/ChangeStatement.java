package dev.kennel.change;

/**
 * A statement that writes rows together with their entries in the feed. It is put
 * together once and kept: the driver recognises a text that it has seen before at no
 * cost.
 */
public final class ChangeStatement {

	private static final String NEXT_VERSION = """
			WITH version AS (
			  INSERT INTO change_versions AS latest (user_id, version) VALUES (?, ?)
			  ON CONFLICT (user_id) DO UPDATE SET version = latest.version + excluded.version
			  RETURNING version
			), written AS (
			""";

	private static final String ENTRIES = """
			), entries AS (
			  INSERT INTO changes (user_id, version, kind, node_kind, node_id, changed_at)
			  SELECT ?, %s, ?, ?, written.id, date_trunc('milliseconds', clock_timestamp())
			  FROM version, written
			)
			SELECT * FROM written""";

	private static final String VERSION = "version.version";

	private static final String VERSIONS = "version.version - ? + row_number() OVER (ORDER BY written.id)";

	private final String sql;

	private final boolean several;

	private ChangeStatement(String sql, boolean several) {
		this.sql = sql;
		this.several = several;
	}

	/**
	 * Makes a statement that writes one row, or none.
	 * @param write what writes it: it reads {@code FROM version}, a table of one row, so
	 * that it waits for the account's other writes, and returns the row, with its
	 * {@code id}
	 * @return the statement
	 */
	public static ChangeStatement ofRow(String write) {
		return new ChangeStatement(NEXT_VERSION + write + ENTRIES.formatted(VERSION), false);
	}

	/**
	 * Makes a statement that writes rows, and answers them in the order of their ids.
	 * @param write what writes them, as for one
	 * @return the statement
	 */
	public static ChangeStatement ofRows(String write) {
		return new ChangeStatement(NEXT_VERSION + write + ENTRIES.formatted(VERSIONS) + " ORDER BY id", true);
	}

	/**
	 * Makes a statement that inserts a row for each of several accounts. It leaves out
	 * accounts that are being written to, which are not waited for, so that no account
	 * keeps another waiting.
	 * @param input the new rows, as an item of a {@code FROM} clause called
	 * {@code input}, with the columns {@code user_id} and {@code id}
	 * @param condition leaves out rows that can't be inserted, or is empty
	 * @param insert inserts them {@code FROM version}, which has the columns of the
	 * input, and returns them
	 * @return the statement
	 */
	public static ChangeStatement ofAccounts(String input, String condition, String insert) {
		String where = condition.isEmpty() ? "" : " WHERE " + condition;
		return new ChangeStatement("""
				WITH locked AS (
				  SELECT input.* FROM %s JOIN change_versions AS latest ON latest.user_id = input.user_id%s
				  FOR NO KEY UPDATE OF latest SKIP LOCKED
				), version AS (
				  UPDATE change_versions AS latest SET version = latest.version + 1 FROM locked
				  WHERE latest.user_id = locked.user_id
				  RETURNING locked.*, latest.version
				), entries AS (
				  INSERT INTO changes (user_id, version, kind, node_kind, node_id, changed_at)
				  SELECT user_id, version, ?, ?, id, date_trunc('milliseconds', clock_timestamp()) FROM version
				)
				""".formatted(input, where) + insert, true);
	}

	String sql() {
		return this.sql;
	}

	boolean several() {
		return this.several;
	}

}
