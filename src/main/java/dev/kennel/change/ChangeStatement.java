package dev.kennel.change;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.kennel.graphql.idempotency.ResultRecord;
import dev.kennel.identity.NodeKind;

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

	/**
	 * Of the row of one account; its parameters follow on those of what writes the row.
	 */
	private static final String RECORDED = """
			), recorded AS (
			  SELECT version.user_id, ?::text AS key, ?::bytea AS request_hash, ?::bytea AS arguments_hash,
			    ?::text AS payload
			  FROM version
			), records AS (
			""" + ResultRecord.INSERT;

	/** Of rows of several accounts, some of which have a key. */
	private static final List<String> RECORDED_COLUMNS = List.of("key text", "request_hash bytea",
			"arguments_hash bytea", "payload text");

	private static final String RECORDED_OF_ACCOUNTS = """
			), recorded AS (
			  SELECT user_id, key, request_hash, arguments_hash, payload FROM version WHERE key IS NOT NULL
			), records AS (
			""" + ResultRecord.INSERT;

	/** If there is one after all, the statement fails, and each is written alone. */
	private static final String NOT_RECORDED = """
			AND NOT EXISTS (
			     SELECT FROM idempotency_records AS known
			     WHERE known.user_id = input.user_id AND known.key = input.key)""";

	private static final String VERSIONS = "version.version - announced.rows + row_number() OVER (ORDER BY written.id)";

	private final String sql;

	/** The same with records of results, or empty where there are none. */
	private final String recording;

	private final ChangeKind kind;

	private final NodeKind nodes;

	private final boolean several;

	private ChangeStatement(String sql, String recording, ChangeKind kind, NodeKind nodes, boolean several) {
		this.sql = sql;
		this.recording = recording;
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
		String written = "WITH " + nextVersion(kind, nodes, added) + ", written AS (\n" + write;
		String entries = ENTRIES.formatted("version.version", kind, nodes, "version");
		return new ChangeStatement(written + entries, written + RECORDED + entries, kind, nodes, false);
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
				"", kind, nodes, true);
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
		return new ChangeStatement(nextVersions(kind, nodes) + "\n" + write, "", kind, nodes, true);
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
	 * @param columns the columns of the new rows with their types, as {@code name text};
	 * the first is {@code user_id}, and each is one parameter, an array
	 * @param condition leaves out rows of {@code input}, which has these columns, that
	 * can't be inserted, or is empty
	 * @param insert inserts them {@code FROM version}, which has the same columns, and
	 * returns them
	 * @return the statement
	 */
	public static ChangeStatement ofAccounts(NodeKind nodes, List<String> columns, String condition, String insert) {
		List<String> withRecord = Stream.concat(columns.stream(), RECORDED_COLUMNS.stream()).toList();
		return new ChangeStatement(lockedVersions(nodes, columns, condition, "") + insert,
				lockedVersions(nodes, withRecord, condition + NOT_RECORDED, RECORDED_OF_ACCOUNTS) + insert,
				ChangeKind.CREATED, nodes, true);
	}

	private static String lockedVersions(NodeKind nodes, List<String> columns, String condition, String records) {
		String arrays = columns.stream()
			.map((column) -> "?::" + column.substring(column.indexOf(' ') + 1) + "[]")
			.collect(Collectors.joining(", "));
		String names = columns.stream()
			.map((column) -> column.substring(0, column.indexOf(' ')))
			.collect(Collectors.joining(", "));
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
			.formatted(arrays, names, Quota.of(nodes).key(), condition, nodes, records);
	}

	String sql() {
		return this.sql;
	}

	/** The statement that inserts records of results, too. */
	String recording() {
		if (this.recording.isEmpty()) {
			throw new IllegalStateException("Only what adds one row of an account records it");
		}
		return this.recording;
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
