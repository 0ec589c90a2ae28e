package dev.kennel.change;

import dev.kennel.graphql.node.NodeKind;

/**
 * A statement that writes rows together with their entries in the feed, and counts them.
 * It is put together once and kept: the driver recognises a text that it has seen before
 * at no cost.
 *
 * <p>
 * A statement that adds rows adds none if the quota leaves no room for them, or if the
 * counts are not known to be right. The version of a deleted account can't be changed at
 * all: the store refuses it by a constraint.
 */
public final class ChangeStatement {

	private static final String NEXT_VERSION = """
			version AS (
			  INSERT INTO change_versions AS latest (user_id, version, counted%s) %s
			  ON CONFLICT (user_id) DO UPDATE
			  SET version = latest.version + excluded.version, counted = latest.counted + excluded.version%s
			  RETURNING user_id, version
			)""";

	private static final String ENTRIES = """
			), entries AS (
			  INSERT INTO changes (user_id, version, kind, node_kind, node_id, changed_at)
			  SELECT version.user_id, %s, '%s', '%s', written.id, date_trunc('milliseconds', clock_timestamp())
			  FROM %s, written
			)
			SELECT * FROM written""";

	private static final String VERSIONS = "version.version - announced.rows + row_number() OVER (ORDER BY written.id)";

	private final String sql;

	private final ChangeKind kind;

	private final NodeKind nodes;

	private final boolean several;

	private ChangeStatement(String sql, ChangeKind kind, NodeKind nodes, boolean several) {
		this.sql = sql;
		this.kind = kind;
		this.nodes = nodes;
		this.several = several;
	}

	/**
	 * Makes a statement that writes one row, or none.
	 * @param kind what happens to the row
	 * @param nodes what the row is
	 * @param write what writes it: it reads {@code FROM version}, a table of one row, so
	 * that it waits for the account's other writes, and returns the row, with its
	 * {@code id}
	 * @return the statement
	 */
	public static ChangeStatement ofRow(ChangeKind kind, NodeKind nodes, String write) {
		String added = (kind == ChangeKind.CREATED) ? "VALUES (?, 1, 1, 1)" : "VALUES (?, 1, 1)";
		return new ChangeStatement("WITH " + nextVersion(kind, nodes, added) + ", written AS (\n" + write
				+ ENTRIES.formatted("version.version", kind, nodes, "version"), kind, nodes, false);
	}

	/**
	 * Makes a statement that writes rows, and answers them in the order of their ids.
	 * @param kind what happens to the rows
	 * @param nodes what the rows are
	 * @param write what writes them, as for one
	 * @return the statement
	 */
	public static ChangeStatement ofRows(ChangeKind kind, NodeKind nodes, String write) {
		return new ChangeStatement(
				nextVersions(kind, nodes) + ", written AS (\n" + write
						+ ENTRIES.formatted(VERSIONS, kind, nodes, "version, announced") + " ORDER BY id",
				kind, nodes, true);
	}

	/**
	 * Makes a statement that writes rows which are too many to have entries in the feed.
	 * Their versions are missing there, by which streams and cursors expire.
	 * @param kind what happens to the rows
	 * @param nodes what the rows are
	 * @param write what writes them, as for one, but returns nothing
	 * @return the statement
	 */
	public static ChangeStatement ofRowsWithoutEntries(ChangeKind kind, NodeKind nodes, String write) {
		return new ChangeStatement(nextVersions(kind, nodes) + "\n" + write, kind, nodes, true);
	}

	private static String nextVersions(ChangeKind kind, NodeKind nodes) {
		String added = (kind == ChangeKind.CREATED) ? "SELECT ?, rows, rows, rows FROM announced"
				: "SELECT ?, rows, rows FROM announced";
		return "WITH announced (rows) AS (SELECT ?::bigint), " + nextVersion(kind, nodes, added);
	}

	private static String nextVersion(ChangeKind kind, NodeKind nodes, String added) {
		String count = Quota.of(nodes).key();
		return switch (kind) {
			// Of a deleted account, the constraint says that it is.
			case CREATED -> NEXT_VERSION.formatted(", " + count, added, """
					, %1$s = latest.%1$s + excluded.%1$s
					  WHERE latest.final_version IS NOT NULL
					    OR (latest.counted = latest.version AND latest.%1$s + excluded.%1$s <= ?)""".formatted(count));
			case UPDATED -> NEXT_VERSION.formatted("", added, "");
			case DELETED ->
				NEXT_VERSION.formatted("", added, ", %1$s = latest.%1$s - excluded.version".formatted(count));
		};
	}

	/**
	 * Makes a statement that inserts a row for each of several accounts. It leaves out
	 * accounts that are being written to, which are not waited for, so that no account
	 * keeps another waiting, and those that have no room, or are deleted.
	 * @param nodes what the rows are
	 * @param input the new rows, as an item of a {@code FROM} clause called
	 * {@code input}, with the columns {@code user_id} and {@code id}
	 * @param condition leaves out rows that can't be inserted, or is empty
	 * @param insert inserts them {@code FROM version}, which has the columns of the
	 * input, and returns them
	 * @return the statement
	 */
	public static ChangeStatement ofAccounts(NodeKind nodes, String input, String condition, String insert) {
		String count = Quota.of(nodes).key();
		return new ChangeStatement(
				"""
						WITH locked AS (
						  SELECT input.* FROM %1$s JOIN change_versions AS latest ON latest.user_id = input.user_id
						  WHERE latest.final_version IS NULL AND latest.counted = latest.version AND latest.%3$s < ?%2$s
						  FOR NO KEY UPDATE OF latest SKIP LOCKED
						), version AS (
						  UPDATE change_versions AS latest
						  SET version = latest.version + 1, counted = latest.counted + 1, %3$s = latest.%3$s + 1 FROM locked
						  WHERE latest.user_id = locked.user_id
						  RETURNING locked.*, latest.version
						), entries AS (
						  INSERT INTO changes (user_id, version, kind, node_kind, node_id, changed_at)
						  SELECT user_id, version, 'CREATED', '%4$s', id, date_trunc('milliseconds', clock_timestamp()) FROM version
						)
						"""
					.formatted(input, condition.isEmpty() ? "" : " AND " + condition, count, nodes) + insert,
				ChangeKind.CREATED, nodes, true);
	}

	String sql() {
		return this.sql;
	}

	boolean adds() {
		return this.kind == ChangeKind.CREATED;
	}

	Quota quota() {
		return Quota.of(this.nodes);
	}

	boolean several() {
		return this.several;
	}

}
