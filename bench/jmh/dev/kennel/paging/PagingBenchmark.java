package dev.kennel.paging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import dev.kennel.database.embedded.EmbeddedPostgresServer;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import dev.kennel.paging.column.ListColumnSet;
import dev.kennel.paging.filter.Filter;
import dev.kennel.paging.order.Order;
import dev.kennel.paging.order.OrderDirection;
import dev.kennel.paging.order.OrderField;
import dev.kennel.paging.order.SortColumn;
import dev.kennel.paging.order.SortType;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The paging path: the cost of a page from the driver to the records, and of the steps
 * around it. The account has 1,000 owners with 10 dogs each, in an embedded PostgreSQL.
 */
@NullUnmarked
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class PagingBenchmark {

	private static final AccountId ACCOUNT = new AccountId(new UUID(1, 1));

	private static final ListDefinition<Dog> DEFINITION = definition();

	private EmbeddedPostgresServer server;

	private HikariDataSource pool;

	private ListReader<Dog> reader;

	private ListStatementWriter statements;

	private List<UUID> owners;

	private PageQuery firstPage;

	private PageQuery nextPage;

	private PageQuery byBirth;

	private Connection<Dog> connection;

	private String cursor;

	/** A dog. */
	record Dog(NodeId id, UUID ownerId, String name) {
	}

	/** The fields by which dogs are sorted. */
	enum Field implements OrderField {

		/** By id. */
		CREATED_AT,

		/** By a column that may be null. */
		BIRTH_DATE;

		@Override
		public @Nullable SortColumn column() {
			return (this == BIRTH_DATE) ? new SortColumn("birth_date", SortType.DATE, true) : null;
		}

	}

	private static ListDefinition<Dog> definition() {
		ListColumnSet columns = new ListColumnSet();
		int id = columns.always("id");
		int ownerId = columns.always("owner_id");
		int name = columns.always("name");
		columns.always("birth_date");
		return new ListDefinition<>(NodeKind.DOG, "dogs", columns, "owner_id",
				(row) -> new Dog(NodeKind.DOG.id(row.uuid(id)), row.uuid(ownerId), row.text(name)), Dog::id);
	}

	@Setup
	public void fill() throws IOException {
		Path directory = Files.createTempDirectory("kennel-bench");
		this.server = EmbeddedPostgresServer.start(directory);
		this.pool = new HikariDataSource();
		this.pool.setJdbcUrl(this.server.jdbcUrl());
		this.pool.setUsername(this.server.username());
		this.pool.setPassword(this.server.password());
		Flyway.configure()
			.dataSource(this.pool)
			.configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
			.load()
			.migrate();
		JdbcTemplate jdbc = new JdbcTemplate(this.pool);
		jdbc.update("INSERT INTO users VALUES (?, 'a', 'a', 'a', 'a', '', now(), now())", ACCOUNT.value());
		jdbc.update("INSERT INTO owners SELECT ?, gen_random_uuid(), 'Owner', 'owner', now(), now() "
				+ "FROM generate_series(1, 1000)", ACCOUNT.value());
		jdbc.update("INSERT INTO dogs (user_id, id, owner_id, name, name_key, birth_date, created_at, updated_at) "
				+ "SELECT user_id, gen_random_uuid(), id, 'Dog', 'dog', CASE WHEN d > 3 THEN date '2020-01-01' + d END, "
				+ "now(), now() FROM owners, generate_series(1, 10) AS d");
		jdbc.execute("ANALYZE");
		this.owners = jdbc.queryForList("SELECT id FROM owners ORDER BY id LIMIT 20", UUID.class);
		this.statements = new ListStatementWriter(DEFINITION);
		this.reader = new ListReader<>(PrimaryStatementRunner.ofJdbc(jdbc), DEFINITION);
		Order order = new Order(Field.CREATED_AT, OrderDirection.ASC);
		this.firstPage = new PageQuery(order, Filter.ALL_ROWS, 20, false, null, null);
		Page<Dog> page = this.reader.page(ACCOUNT, this.firstPage, DEFINITION.all()).join();
		this.connection = new Connection<>(DEFINITION, new ListKey<>(ACCOUNT, null, this.firstPage), page);
		this.cursor = this.connection.cursor(19);
		this.nextPage = new PageQuery(order, Filter.ALL_ROWS, 20, false,
				Cursor.decode(this.cursor, DEFINITION.tag(), order).orElseThrow(), null);
		this.byBirth = new PageQuery(new Order(Field.BIRTH_DATE, OrderDirection.DESC), Filter.ALL_ROWS, 20, false, null, null);
	}

	@TearDown
	public void stop() throws SQLException {
		this.pool.close();
		this.server.close();
	}

	@Benchmark
	public Object findTheStatement() {
		return this.statements.page(this.nextPage, DEFINITION.all(), true);
	}

	@Benchmark
	public Object readACursor() {
		return Cursor.decode(this.cursor, DEFINITION.tag(), this.firstPage.order());
	}

	@Benchmark
	public Object writeTwentyCursors() {
		return this.connection.edges().stream().map(Edge::cursor).toList();
	}

	@Benchmark
	public Page<Dog> firstPageOf20() {
		return this.reader.page(ACCOUNT, this.firstPage, DEFINITION.all()).join();
	}

	@Benchmark
	public Page<Dog> nextPageOf20() {
		return this.reader.page(ACCOUNT, this.nextPage, DEFINITION.all()).join();
	}

	@Benchmark
	public Page<Dog> pageOf20ByBirthDate() {
		return this.reader.page(ACCOUNT, this.byBirth, DEFINITION.all()).join();
	}

	@Benchmark
	public Map<UUID, Page<Dog>> pagesOf20Owners() {
		return this.reader.pagesByParent(ACCOUNT, this.owners, this.firstPage, DEFINITION.all()).join();
	}

}
