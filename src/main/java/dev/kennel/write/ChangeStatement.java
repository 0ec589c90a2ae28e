package dev.kennel.write;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.kennel.change.ChangeKind;
import dev.kennel.graphql.idempotency.IdempotencyRecord;
import dev.kennel.identity.NodeKind;

/**
 * A statement that writes rows together with their feed entries, and maintains the counts
 * of rows. Its text is built once and kept: the driver recognises a text that it has
 * prepared before at no cost.
 *
 * <p>
 * A statement that inserts rows inserts none if they exceed the quota, or if the counts
 * may be out of date. The version of a deleted account can't be changed at all: a
 * constraint of the database refuses it.
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

	/**
	 * Inserts the record for a row of one account. Its parameters follow those of the
	 * part that writes the row.
	 */
	private static final String RECORD = """
			), recorded AS (
			  SELECT version.user_id, ?::text AS key, ?::bytea AS request_hash, ?::bytea AS arguments_hash,
			    ?::text AS payload
			  FROM version
			), records AS (
			""" + IdempotencyRecord.INSERT;

	/** The columns of records for rows of several accounts, some of which have a key. */
	private static final List<Column> RECORD_COLUMNS = List.of(new Column("key", "text"),
			new Column("request_hash", "bytea"), new Column("arguments_hash", "bytea"), new Column("payload", "text"));

	private static final String RECORDS_OF_ACCOUNTS = """
			), recorded AS (
			  SELECT user_id, key, request_hash, arguments_hash, payload FROM version WHERE key IS NOT NULL
			), records AS (
			""" + IdempotencyRecord.INSERT;

	/**
	 * Leaves out keys that have a record. If a record appears after all, the statement
	 * fails, and each row is written individually.
	 */
	private static final String WITHOUT_RECORD = """

			AND NOT EXISTS (
			   SELECT FROM idempotency_records AS known
			   WHERE known.user_id = input.user_id AND known.key = input.key)""";

	private static final String ROW_VERSIONS = "version.version - announced.rows + row_number() OVER (ORDER BY written.id)";

	private final String sql;

	/** The statement that inserts idempotency records, too; empty if there is none. */
	private final String sqlWithRecord;

	private final ChangeKind kind;

	private final NodeKind nodeKind;

	private final boolean multiRow;

	private ChangeStatement(String sql, String sqlWithRecord, ChangeKind kind, NodeKind nodeKind, boolean multiRow) {
		this.sql = sql;
		this.sqlWithRecord = sqlWithRecord;
		this.kind = kind;
		this.nodeKind = nodeKind;
		this.multiRow = multiRow;
	}

	/**
	 * Creates a statement that writes one row, or none.
	 * @param kind the kind of change
	 * @param nodeKind the kind of the row
	 * @param write the part that writes the row: it reads {@code FROM version}, a table
	 * of one row, so that it waits for the account's other writes, and returns the row,
	 * with its {@code id}
	 * @return the statement
	 */
	static ChangeStatement ofRow(ChangeKind kind, NodeKind nodeKind, String write) {
		String versionRow = (kind == ChangeKind.CREATED) ? "VALUES (?, 1, 1, 1)" : "VALUES (?, 1, 1)";
		String written = "WITH " + nextVersion(kind, nodeKind, versionRow) + ", written AS (\n" + write;
		String entries = ENTRIES.formatted("version.version", kind, nodeKind, "version");
		return new ChangeStatement(written + entries, written + RECORD + entries, kind, nodeKind, false);
	}

	/**
	 * Creates a statement that writes rows, and returns them in the order of their ids.
	 * @param kind the kind of change
	 * @param nodeKind the kind of the rows
	 * @param write the part that writes the rows, as for one row
	 * @return the statement
	 */
	public static ChangeStatement ofRows(ChangeKind kind, NodeKind nodeKind, String write) {
		return new ChangeStatement(
				nextVersions(kind, nodeKind) + ", written AS (\n" + write
						+ ENTRIES.formatted(ROW_VERSIONS, kind, nodeKind, "version, announced") + " ORDER BY id",
				"", kind, nodeKind, true);
	}

	/**
	 * Creates a statement that writes more rows than get entries in the feed. Their
	 * versions are missing from it, which expires subscriptions and cursors.
	 * @param kind the kind of change
	 * @param nodeKind the kind of the rows
	 * @param write the part that writes the rows, as for one row, but returns nothing
	 * @return the statement
	 */
	public static ChangeStatement ofRowsWithoutEntries(ChangeKind kind, NodeKind nodeKind, String write) {
		return new ChangeStatement(nextVersions(kind, nodeKind) + "\n" + write, "", kind, nodeKind, true);
	}

	private static String nextVersions(ChangeKind kind, NodeKind nodeKind) {
		String versionRow = (kind == ChangeKind.CREATED) ? "SELECT ?, rows, rows, rows FROM announced"
				: "SELECT ?, rows, rows FROM announced";
		return "WITH announced (rows) AS (SELECT ?::bigint), " + nextVersion(kind, nodeKind, versionRow);
	}

	private static String nextVersion(ChangeKind kind, NodeKind nodeKind, String versionRow) {
		String count = Quota.of(nodeKind).key();
		return switch (kind) {
			// A deleted account passes, so that the constraint reports it.
			case CREATED -> NEXT_VERSION.formatted(", " + count, versionRow, """
					, %1$s = latest.%1$s + excluded.%1$s
					  WHERE latest.final_version IS NOT NULL
					    OR (latest.counted = latest.version AND latest.%1$s + excluded.%1$s <= ?)""".formatted(count));
			case UPDATED -> NEXT_VERSION.formatted("", versionRow, "");
			case DELETED ->
				NEXT_VERSION.formatted("", versionRow, ", %1$s = latest.%1$s - excluded.version".formatted(count));
		};
	}

	/**
	 * Creates a statement that inserts a row for each of several accounts. It skips
	 * accounts that are locked by other writes, so that no account waits for another one,
	 * and accounts that are full or deleted.
	 * @param nodeKind the kind of the rows
	 * @param columns the columns of the new rows; the first is {@code user_id}, and each
	 * is one parameter, an array
	 * @param condition excludes rows of {@code input}, which has these columns, that
	 * can't be inserted, or is empty
	 * @param insert inserts them {@code FROM version}, which has the same columns, and
	 * returns them
	 * @return the statement
	 */
	static ChangeStatement ofAccounts(NodeKind nodeKind, List<Column> columns, String condition, String insert) {
		List<Column> withRecord = Stream.concat(columns.stream(), RECORD_COLUMNS.stream()).toList();
		return new ChangeStatement(lockedVersions(nodeKind, columns, condition, "") + insert,
				lockedVersions(nodeKind, withRecord, condition + WITHOUT_RECORD, RECORDS_OF_ACCOUNTS) + insert,
				ChangeKind.CREATED, nodeKind, true);
	}

	private static String lockedVersions(NodeKind nodeKind, List<Column> columns, String condition, String records) {
		String arrays = columns.stream()
			.map((column) -> "?::" + column.type() + "[]")
			.collect(Collectors.joining(", "));
		String names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
		return """
				WITH locked AS (
				  SELECT input.* FROM unnest(%1$s) AS input (%2$s)
				  JOIN change_versions AS latest ON latest.user_id = input.user_id
				  WHERE latest.final_version IS NULL AND latest.counted = latest.version AND latest.%3$s < ?%4$s
				  FOR NO KEY UPDATE OF latest SKIP LOCKED
				), version AS (
				  UPDATE change_versions AS latest
				  SET version = latest.version + 1, counted = latest.counted + 1, %3$s = latest.%3$s + 1 FROM locked
				  WHERE latest.user_id = locked.user_id
				  RETURNING locked.*, latest.version
				), entries AS (
				  INSERT INTO changes (user_id, version, kind, node_kind, node_id, changed_at)
				  SELECT user_id, version, 'CREATED', '%5$s', id, date_trunc('milliseconds', clock_timestamp()) FROM version
				%6$s)
				"""
			.formatted(arrays, names, Quota.of(nodeKind).key(), condition, nodeKind, records);
	}

	/**
	 * A column of new rows.
	 *
	 * @param name the name
	 * @param type the type in PostgreSQL
	 */
	record Column(String name, String type) {
	}

	String sql() {
		return this.sql;
	}

	/** Returns the statement that inserts idempotency records, too. */
	String sqlWithRecord() {
		if (this.sqlWithRecord.isEmpty()) {
			throw new IllegalStateException("Only a statement that inserts one row inserts a record");
		}
		return this.sqlWithRecord;
	}

	boolean inserts() {
		return this.kind == ChangeKind.CREATED;
	}

	Quota quota() {
		return Quota.of(this.nodeKind);
	}

	boolean multiRow() {
		return this.multiRow;
	}

}
