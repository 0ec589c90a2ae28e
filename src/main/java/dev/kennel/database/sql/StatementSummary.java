package dev.kennel.database.sql;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The command and the table of a statement, such as {@code SELECT dogs}: there are few,
 * however many SQL texts there are.
 *
 * @param operation the command, such as {@code SELECT}
 * @param tables the first table that is named, or the tables of a union, separated by
 * spaces; or an empty string
 * @see <a href=
 * "https://opentelemetry.io/docs/specs/semconv/db/database-spans/#generating-a-summary-of-the-query">OpenTelemetry,
 * generating a summary of the query</a>
 */
record StatementSummary(String operation, String tables) {

	private static final StatementSummary OTHER = new StatementSummary("OTHER", "");

	/**
	 * With more statements, all are forgotten: clients can nest filters in any number of
	 * ways, and the statements in use are soon known again.
	 */
	private static final int MAX_CACHED = 2_000;

	/** Longer statements, of large filters, are parsed each time. */
	private static final int MAX_CACHED_LENGTH = 2_000;

	private static final Map<String, StatementSummary> CACHE = new ConcurrentHashMap<>();

	private static final Pattern WRITE = Pattern.compile(
			"\\b(?i:(INSERT)\\s+INTO|(UPDATE)|(DELETE)\\s+FROM)\\s+(?i:ONLY\\s+)?(?!skip\\b|set\\b|of\\b|nowait\\b)([a-z_]+)");

	/** Tables that are written as well by each write of rows that a client sees. */
	private static final Set<String> BOOKKEEPING = Set.of("change_versions", "changes");

	private static final Pattern READ = Pattern
		.compile("\\b(?:FROM|JOIN)\\s+(?:ONLY\\s+|LATERAL\\s+)?([a-z_]++)(?!\\s*\\()", Pattern.CASE_INSENSITIVE);

	private static final Pattern UNION = Pattern
		.compile("\\bUNION\\s+ALL\\s+SELECT\\b[^()]*?\\bFROM\\s+([a-z_]++)(?!\\s*\\()", Pattern.CASE_INSENSITIVE);

	private static final Pattern COMMAND = Pattern.compile(
			"\\s*(SELECT|WITH|VALUES|SET|LISTEN|BEGIN|COMMIT|ROLLBACK|EXPLAIN)\\b.*",
			Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

	/** Returns the summary of a statement. */
	static StatementSummary of(String sql) {
		StatementSummary cached = CACHE.get(sql);
		if (cached != null) {
			return cached;
		}
		StatementSummary summary = parse(sql);
		if (sql.length() <= MAX_CACHED_LENGTH) {
			if (CACHE.size() >= MAX_CACHED) {
				CACHE.clear();
			}
			CACHE.put(sql, summary);
		}
		return summary;
	}

	private static StatementSummary parse(String sql) {
		// The table that is written is more telling than those that are read.
		StatementSummary written = null;
		for (Matcher write = WRITE.matcher(sql); write.find();) {
			String table = write.group(4);
			if (written == null || BOOKKEEPING.contains(written.tables())) {
				String operation = (write.group(1) != null) ? "INSERT"
						: ((write.group(2) != null) ? "UPDATE" : "DELETE");
				written = (written == null || !BOOKKEEPING.contains(table)) ? new StatementSummary(operation, table)
						: written;
			}
		}
		if (written != null) {
			return written;
		}
		Matcher command = COMMAND.matcher(sql);
		if (!command.matches()) {
			return OTHER;
		}
		String name = command.group(1).toUpperCase(Locale.ROOT);
		Matcher from = READ.matcher(sql);
		StringBuilder tables = new StringBuilder(from.find() ? from.group(1).toLowerCase(Locale.ROOT) : "");
		for (Matcher union = UNION.matcher(sql); union.find();) {
			tables.append(' ').append(union.group(1).toLowerCase(Locale.ROOT));
		}
		return new StatementSummary(name.equals("WITH") ? "SELECT" : name, tables.toString());
	}

	/** Returns whether it names one table. */
	boolean hasOneTable() {
		return !this.tables.isEmpty() && this.tables.indexOf(' ') < 0;
	}

	/** Returns the summary, as in the metric and in the name of a span. */
	String text() {
		return this.tables.isEmpty() ? this.operation : this.operation + " " + this.tables;
	}

}
