package dev.kennel.database.migration;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.kennel.KennelApplication;
import dev.kennel.test.Api;
import dev.kennel.test.Instance;
import dev.kennel.test.JavaProcess;
import dev.kennel.test.KennelTest;
import dev.kennel.test.TestDatabase;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Migrations of the database schema. */
@KennelTest
class MigrationTests {

	private static final Path MIGRATIONS = Path.of("src/main/resources/db/migration");

	/** Earlier migrations create indexes of tables that were empty or small. */
	private static final int FIRST_WITH_POLICY = 28;

	private final Flyway flyway;

	MigrationTests(Flyway flyway) {
		this.flyway = flyway;
	}

	private static String[] arguments(Map<String, String> database) {
		return Stream
			.concat(database.entrySet().stream().map((setting) -> "--" + setting.getKey() + "=" + setting.getValue()),
					Stream.of("--kennel.migrate-only"))
			.toArray(String[]::new);
	}

	private static int status(Api api, String path) {
		return api.send("GET", path, new byte[0], Map.of()).status();
	}

	@Test
	void concurrentMigrationJobsWaitForEachOther() throws IOException {
		Map<String, String> database = TestDatabase.create();
		// Two jobs in one process would share Logback, and reset each other's
		// configuration.
		Process first = JavaProcess.start(KennelApplication.class, arguments(database));
		Process second = JavaProcess.start(KennelApplication.class, arguments(database));

		assertThat(output(first)).contains("The database has version " + SchemaVersion.newest());
		assertThat(output(second)).contains("The database has version " + SchemaVersion.newest());
		assertThat(first.onExit().join().exitValue()).isZero();
		assertThat(second.onExit().join().exitValue()).isZero();
	}

	private static String output(Process process) throws IOException {
		try (InputStream output = process.getInputStream()) {
			return new String(output.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	@Test
	void migrateOnlyArgumentIsRecognised() {
		assertThat(MigrationApplication.isRequested("--server.port=0", "--kennel.migrate-only")).isTrue();
		assertThat(MigrationApplication.isRequested("--kennel.migrate-only=true")).isTrue();
		assertThat(MigrationApplication.isRequested("--kennel.migrate-only=false")).isFalse();
		assertThat(MigrationApplication.isRequested()).isFalse();
	}

	/** As in a rolling update whose migration job has not ended yet. */
	@Test
	void instanceNewerThanTheSchemaIsNotReady() throws SQLException {
		Map<String, String> database = TestDatabase.create();
		MigrationApplication.migrate(arguments(database));
		String newest = SchemaVersion.newest();
		execute(database, "UPDATE flyway_schema_history SET version = '26.5' WHERE version = '" + newest + "'");
		Map<String, @Nullable String> settings = new HashMap<>(database);
		settings.put("spring.flyway.enabled", "false");

		try (Instance instance = Instance.start(settings)) {
			assertThat(status(instance.api(), "/readyz")).isEqualTo(503);
			assertThat(status(instance.api(), "/livez")).isEqualTo(200);

			execute(database, "UPDATE flyway_schema_history SET version = '" + newest + "' WHERE version = '26.5'");
			while (status(instance.api(), "/readyz") == 503) {
				Thread.onSpinWait();
			}

			assertThat(instance.api().signUp().createOwner("Ann")).startsWith("own_");
		}
	}

	private static void execute(Map<String, String> database, String sql) throws SQLException {
		try (Connection connection = DriverManager.getConnection(database.get("spring.datasource.url"), "postgres", "");
				Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	/** If Flyway's lock were one of a transaction, PostgreSQL would wait forever. */
	@Test
	@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void indexIsBuiltConcurrentlyUnderTheMigrationLock() throws SQLException {
		Flyway other = Flyway.configure()
			.configuration(this.flyway.getConfiguration())
			.locations("classpath:migration")
			.table("history_of_tests")
			.baselineOnMigrate(true)
			.baselineVersion("0")
			.load();
		try {
			assertThat(other.migrate().migrationsExecuted).isEqualTo(1);
		}
		finally {
			try (Connection connection = this.flyway.getConfiguration().getDataSource().getConnection();
					Statement statement = connection.createStatement()) {
				statement.execute("DROP INDEX IF EXISTS dogs_of_tests");
				statement.execute("DROP TABLE IF EXISTS history_of_tests");
			}
		}
	}

	private static List<Path> migrationsWithPolicy() throws IOException {
		try (Stream<Path> all = Files.list(MIGRATIONS)) {
			return all.filter((file) -> file.toString().endsWith(".sql"))
				.filter((file) -> Integer
					.parseInt(name(file).substring(1, name(file).indexOf("__"))) >= FIRST_WITH_POLICY)
				.toList();
		}
	}

	private static String name(Path file) {
		return String.valueOf(file.getFileName());
	}

	@Test
	void newIndexesOfExistingTablesAreBuiltConcurrently() throws IOException {
		Pattern index = Pattern.compile("CREATE (?:UNIQUE )?INDEX (CONCURRENTLY )?(?:IF NOT EXISTS )?\\w+\\s+ON (\\w+)",
				Pattern.CASE_INSENSITIVE);
		for (Path file : migrationsWithPolicy()) {
			String sql = Files.readString(file);
			for (Matcher found = index.matcher(sql); found.find();) {
				boolean ofNewTable = Pattern.compile("CREATE TABLE " + found.group(2) + "\\b").matcher(sql).find();
				if (!ofNewTable) {
					assertThat(found.group(1)).as(name(file)).isNotNull();
					assertThat(Files.readString(file.resolveSibling(name(file) + ".conf"))).as(name(file))
						.contains("executeInTransaction=false");
				}
			}
		}
	}

	/**
	 * A new table is not distributed before {@code deploy/citus/distribute.sql} has run
	 * again, and until then Citus refuses a foreign key to a distributed one.
	 */
	@Test
	void newTablesHaveForeignKeysToUsersOnly() throws IOException {
		Pattern table = Pattern.compile("CREATE TABLE [^;]*;", Pattern.CASE_INSENSITIVE);
		for (Path file : migrationsWithPolicy()) {
			for (Matcher found = table.matcher(Files.readString(file)); found.find();) {
				assertThat(found.group()).as(name(file)).doesNotContainPattern("REFERENCES (?!users\\b)");
			}
		}
	}

}
