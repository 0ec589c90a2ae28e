package dev.kennel.paging;

import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

import dev.kennel.database.pipeline.PipelinedClient;
import dev.kennel.database.pipeline.StatementLane;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeKind;
import dev.kennel.paging.DogRows.Field;
import dev.kennel.paging.ListStatement.Arguments;
import dev.kennel.paging.column.ListColumnSet;
import dev.kennel.paging.filter.Filter;
import dev.kennel.paging.filter.FilterInput;
import dev.kennel.paging.filter.StringFilter;
import dev.kennel.paging.order.Order;
import dev.kennel.paging.order.OrderDirection;
import dev.kennel.paging.order.OrderField;
import dev.kennel.search.SearchDefinition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The query plans of PostgreSQL for a page of an account with 100,000 owners and 500,000
 * dogs, among the rows of another account.
 */
class ListPlanTests {

	private static final ListDefinition<Object> OWNERS = ownerDefinition();

	private static final ListStatementWriter DOG_STATEMENTS = new ListStatementWriter(DogRows.DEFINITION);

	private static final ListStatementWriter OWNER_STATEMENTS = new ListStatementWriter(OWNERS);

	private static final AccountId ACCOUNT = DogRows.newAccount();

	private static final AccountId OTHER = DogRows.newAccount();

	private static ListDefinition<Object> ownerDefinition() {
		ListColumnSet columns = new ListColumnSet();
		columns.always("id");
		int name = columns.always("name");
		return new ListDefinition<>(NodeKind.OWNER, "owners", columns, null, (row) -> row.text(name),
				(owner) -> NodeKind.OWNER.id(new UUID(0, 0)));
	}

	@BeforeAll
	static void fill() {
		for (AccountId account : List.of(ACCOUNT, OTHER)) {
			int owners = account.equals(ACCOUNT) ? 100_000 : 10_000;
			// UUIDv7 ids, as the application generates them: a timestamp, then random
			// bits.
			DogRows.JDBC.update("""
					INSERT INTO owners (user_id, id, name, name_key, created_at, updated_at)
					SELECT ?, (lpad(to_hex(o), 12, '0') || '7000' || '8000' || lpad(to_hex(o), 12, '0'))::uuid,
					       'Owner ' || o, 'owner ' || (o * 7919 % 100003), now(), now() + o * interval '1 ms'
					FROM generate_series(1, ?) AS o""", account.value(), owners);
			// Else the session may keep a plan of the foreign key's check that scans a
			// table
			// which was small, for each of the dogs.
			DogRows.JDBC.execute("ANALYZE owners");
			DogRows.JDBC.update(
					"""
							INSERT INTO dogs (user_id, id, owner_id, name, name_key, breed, breed_key, birth_date, created_at, updated_at)
							SELECT user_id, (lpad(to_hex(row_number() OVER ()), 12, '0') || '70008000' || right(id::text, 12))::uuid, id,
							       'Dog ' || d, 'dog ' || (hashtext(id::text || d) % 1000),
							       CASE WHEN d < 5 THEN 'Breed ' || abs(hashtext(id::text || d)) % 200 END,
							       CASE WHEN d < 5 THEN 'breed ' || abs(hashtext(id::text || d)) % 200 END,
							       CASE WHEN d > 3 THEN NULL ELSE date '2020-01-01' + abs(hashtext(id::text || d)) % 2000 END,
							       now(), now() + d * interval '1 s'
							FROM owners, generate_series(1, 5) AS d WHERE user_id = ?""",
					account.value());
		}
		DogRows.JDBC.execute("VACUUM ANALYZE owners, dogs");
	}

	private record Plan(List<String> nodes, List<String> sortMethods, long sortedRows, long buffers) {
	}

	private static Plan explain(ListStatement statement, Arguments arguments) {
		String json = DogRows.JDBC.query(
				"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + PrimaryStatementRunner.jdbcSql(statement),
				(preparedStatement) -> PrimaryStatementRunner.bind(preparedStatement, statement.values(arguments)),
				(ResultSet rows) -> {
					rows.next();
					return rows.getString(1);
				});
		JsonNode root = new JsonMapper().readTree(String.valueOf(json)).get(0).get("Plan");
		List<String> nodes = new ArrayList<>();
		List<String> sortMethods = new ArrayList<>();
		long[] sorted = new long[1];
		collect(root, nodes, sortMethods, sorted);
		return new Plan(nodes, sortMethods, sorted[0],
				root.get("Shared Hit Blocks").asLong() + root.get("Shared Read Blocks").asLong());
	}

	private static void collect(JsonNode node, List<String> nodes, List<String> sortMethods, long[] sorted) {
		String type = node.get("Node Type").asString();
		nodes.add(type);
		if (node.has("Sort Method")) {
			sortMethods.add(node.get("Sort Method").asString());
		}
		if (type.contains("Sort")) {
			sorted[0] = Math.max(sorted[0], node.path("Plans").path(0).path("Actual Rows").asLong());
		}
		node.path("Plans").forEach((child) -> collect(child, nodes, sortMethods, sorted));
	}

	private static Arguments arguments(List<UUID> parents, PageQuery query) {
		return new Arguments(ACCOUNT, parents, query.filter(), query.after(), query.before(), query.size() + 1);
	}

	private static PageQuery page(OrderField field, OrderDirection direction, boolean backward,
			@Nullable Cursor after) {
		return new PageQuery(new Order(field, direction), Filter.ALL_ROWS, 50, backward, after, null);
	}

	private static void assertUsesIndex(Plan plan) {
		assertThat(plan.nodes()).doesNotContain("Seq Scan", "Bitmap Heap Scan", "Gather");
		assertThat(plan.sortedRows()).isLessThanOrEqualTo(2 * 51);
		assertThat(plan.buffers()).isLessThan(150);
	}

	@ParameterizedTest
	@EnumSource(value = Field.class, mode = EnumSource.Mode.EXCLUDE, names = "BREED")
	void dogPagesUseAnIndexInEveryOrder(Field field) {
		for (OrderDirection direction : OrderDirection.values()) {
			for (boolean backward : List.of(true, false)) {
				PageQuery query = page(field, direction, backward, null);
				assertUsesIndex(explain(DOG_STATEMENTS.page(query, DogRows.DEFINITION.all(), false),
						arguments(List.of(), query)));
			}
		}
	}

	/** Each partition keeps a page while it reads the account's dogs. */
	@Test
	void pageByBreedReadsTheDogsTwiceAndIsAScan() {
		PageQuery query = page(Field.BREED, OrderDirection.ASC, false, null);
		ListStatement statement = DOG_STATEMENTS.page(query, DogRows.DEFINITION.all(), false);

		Plan plan = explain(statement, arguments(List.of(), query));

		assertThat(statement.lane()).isEqualTo(StatementLane.SCAN);
		assertThat(plan.buffers()).isLessThan(2 * 20_000);
		assertThat(plan.sortMethods())
			.allMatch((method) -> method.equals("top-N heapsort") || method.equals("quicksort"));
		assertThat(DOG_STATEMENTS.page(query, DogRows.DEFINITION.all(), true).lane()).isEqualTo(StatementLane.SHORT);
	}

	@Test
	void ownerPagesUseAnIndexInEveryOrder() {
		for (Field field : List.of(Field.CREATED_AT, Field.UPDATED_AT, Field.NAME)) {
			PageQuery query = page(field, OrderDirection.DESC, false, null);
			assertUsesIndex(explain(OWNER_STATEMENTS.page(query, OWNERS.all(), false), arguments(List.of(), query)));
		}
	}

	/**
	 * Forty pages each, since the offset of a page in its first block makes a difference
	 * of one or two blocks.
	 */
	@Test
	void page1000ReadsAsManyBlocksAsPage1() {
		assertThat((double) buffersOf40Pages(1_000)).isBetween(buffersOf40Pages(1) * 0.9, buffersOf40Pages(1) * 1.1);
	}

	private static long buffersOf40Pages(int firstPage) {
		long buffers = 0;
		for (int number = firstPage; number < firstPage + 40; number++) {
			UUID last = (number > 1)
					? DogRows.JDBC.queryForObject("SELECT id FROM dogs WHERE user_id = ? ORDER BY id OFFSET ? LIMIT 1",
							UUID.class, ACCOUNT.value(), (number - 1) * 50 - 1)
					: null;
			PageQuery query = page(Field.CREATED_AT, OrderDirection.ASC, false,
					(last != null) ? new Cursor(last, null) : null);
			Plan plan = explain(DOG_STATEMENTS.page(query, DogRows.DEFINITION.all(), false),
					arguments(List.of(), query));
			assertUsesIndex(plan);
			buffers += plan.buffers();
		}
		return buffers;
	}

	@Test
	void nestedPagesOf200OwnersUseAnIndexForEachOwner() {
		List<UUID> owners = DogRows.JDBC.query("SELECT id FROM owners WHERE user_id = ? ORDER BY id LIMIT 200",
				(row, number) -> row.getObject(1, UUID.class), ACCOUNT.value());
		PageQuery query = new PageQuery(new Order(Field.CREATED_AT, OrderDirection.ASC), Filter.ALL_ROWS, 10, false,
				null, null);

		Plan plan = explain(DOG_STATEMENTS.page(query, DogRows.DEFINITION.all(), true), arguments(owners, query));

		assertThat(plan.nodes()).doesNotContain("Seq Scan", "Sort", "Gather").contains("Nested Loop");
		assertThat(plan.buffers()).isLessThan(200 * 12);
	}

	private static FilterInput breed(String breed) {
		return () -> Filter.builder().text("breed_key", new StringFilter(breed, null, null, null, null)).build();
	}

	private static FilterInput name(String name) {
		return () -> Filter.builder().text("name_key", new StringFilter(name, null, null, null, null)).build();
	}

	private static PageQuery filtered(Filter filter) {
		return new PageQuery(new Order(Field.CREATED_AT, OrderDirection.ASC), filter, 50, false, null, null);
	}

	@Test
	void dogsOfOwnersWithANameAreFoundByTwoIndexes() {
		PageQuery query = filtered(Filter.builder().one(DogRows.OWNER_OF_DOG, name("owner 7919")).build());

		Plan plan = explain(DOG_STATEMENTS.page(query, DogRows.DEFINITION.all(), false), arguments(List.of(), query));

		assertUsesIndex(plan);
		assertThat(plan.nodes()).contains("Nested Loop");
	}

	/**
	 * With 600,000 rows in some 20,000 blocks, a plan that reads the related rows anew
	 * for each row, without an index, would read billions of blocks; by an index, it
	 * reads some ten for each row.
	 */
	@Test
	void filtersByRelationReadNoTableForEachRow() {
		FilterInput rare = () -> Filter.builder().some(DogRows.DOGS_OF_OWNER, breed("breed 7")).build();
		FilterInput unknown = () -> Filter.builder().some(DogRows.DOGS_OF_OWNER, breed("unknown")).build();
		FilterInput dogs = () -> Filter.builder()
			.or(List.of(name("dog 7"), () -> Filter.builder().one(DogRows.OWNER_OF_DOG, unknown).build()))
			.build();
		for (Filter filter : List.of(rare.toFilter(), unknown.toFilter(),
				Filter.builder().none(DogRows.DOGS_OF_OWNER, breed("breed 7")).build(),
				Filter.builder().every(DogRows.DOGS_OF_OWNER, breed("breed 7")).build(),
				Filter.builder().or(List.of(name("owner 1"), unknown)).build(),
				Filter.builder().not(() -> Filter.builder().or(List.of(name("owner 1"), rare)).build()).build(),
				Filter.builder().some(DogRows.DOGS_OF_OWNER, dogs).build())) {
			PageQuery query = filtered(filter);
			for (ListStatement statement : List.of(OWNER_STATEMENTS.page(query, OWNERS.all(), false),
					OWNER_STATEMENTS.count(filter, false))) {
				Plan plan = explain(statement, arguments(List.of(), query));
				assertThat(plan.buffers()).as(statement.sql() + plan).isLessThan(20 * 600_000);
			}
		}
	}

	/**
	 * A page is merged from the two indexes by name, or sorted after each row was read
	 * once.
	 */
	@Test
	void searchReadsEachTableByItsOwnIndexAndIsAScan() {
		ListDefinition<Object> definition = SearchDefinition.create();
		ListStatementWriter statements = new ListStatementWriter(definition);
		Order byName = new Order(Field.NAME, OrderDirection.ASC);
		for (String text : List.of("dog 1", "owner 7 1", "unknown")) {
			Filter filter = Filter.builder().words(List.of("name_key", "breed_key"), text).build();
			PageQuery query = new PageQuery(byName, filter, 50, false, null, null);
			ListStatement statement = statements.page(query, definition.all(), false);

			Plan plan = explain(statement, arguments(List.of(), query));

			assertThat(statement.lane()).isEqualTo(StatementLane.SCAN);
			assertThat(plan.buffers()).as(text + plan).isLessThan(2 * 600_000);
			assertThat(plan.sortMethods()).as(text + plan).doesNotContain("external merge");
			if (text.equals("dog 1")) {
				assertThat(plan.nodes()).contains("Merge Append").doesNotContain("Sort", "Seq Scan");
			}
		}
	}

	/** The groups fit into memory, and the dogs are read once. */
	@Test
	void groupedCountReadsTheDogsOnceAndIsAScan() {
		ListStatement statement = DOG_STATEMENTS.countGroups(new Grouping("breed_key", "min(breed COLLATE \"C\")"),
				Filter.ALL_ROWS);

		Plan plan = explain(statement, new Arguments(ACCOUNT, List.of(), Filter.ALL_ROWS, null, null, 50));

		assertThat(statement.lane()).isEqualTo(StatementLane.SCAN);
		assertThat(plan.buffers()).isLessThan(20_000);
		assertThat(plan.sortMethods()).doesNotContain("external merge");
	}

	/**
	 * Paging visits every row that exists throughout exactly once, whatever is inserted
	 * or deleted in between.
	 */
	@Test
	void pagingOver10000RowsVisitsEachOnceDuringOtherWrites() {
		AccountId account = DogRows.newAccount();
		UUID owner = new UUID(1, 1);
		DogRows.insertOwner(account, owner);
		Random random = new Random(42);
		for (boolean backward : List.of(false, true)) {
			DogRows.JDBC.update("DELETE FROM dogs WHERE user_id = ?", account.value());
			DogRows.JDBC.update(
					"""
							INSERT INTO dogs (user_id, id, owner_id, name, name_key, birth_date, created_at, updated_at)
							SELECT ?, gen_random_uuid(), ?, 'stays', 'stays', CASE WHEN d % 3 > 0 THEN date '2020-01-01' + d % 50 END,
							       now(), now()
							FROM generate_series(1, 10000) AS d""",
					account.value(), owner);
			ListReader<DogRows.Row> reader = new ListReader<>(DogRows.RUNNER, DogRows.DEFINITION);
			Order order = new Order(Field.BIRTH_DATE, OrderDirection.DESC);
			List<UUID> visited = new ArrayList<>();
			Cursor cursor = null;
			boolean hasMore = true;
			while (hasMore) {
				PageQuery query = new PageQuery(order, Filter.ALL_ROWS, 200, backward, backward ? null : cursor,
						backward ? cursor : null);
				Connection<DogRows.Row> page = new Connection<>(DogRows.DEFINITION, new ListKey<>(account, null, query),
						PipelinedClient.await(reader.page(account, query, DogRows.DEFINITION.all())));
				page.nodes()
					.stream()
					.filter((row) -> row.name().equals("stays"))
					.map((row) -> row.id().uuid())
					.forEach(visited::add);
				hasMore = Boolean.TRUE.equals(backward ? page.knownHasPreviousPage() : page.knownHasNextPage());
				cursor = Cursor
					.decode(page.cursor(backward ? 0 : page.nodes().size() - 1), DogRows.DEFINITION.tag(), order)
					.orElseThrow();
				// The row at the cursor may be deleted as well.
				DogRows.JDBC.update("DELETE FROM dogs WHERE user_id = ? AND name = 'goes' AND random() < 0.5",
						account.value());
				DogRows.JDBC.update(
						"""
								INSERT INTO dogs (user_id, id, owner_id, name, name_key, birth_date, created_at, updated_at)
								SELECT ?, gen_random_uuid(), ?, 'goes', 'goes', CASE WHEN d % 3 > 0 THEN date '2020-01-01' + ? END,
								       now(), now() FROM generate_series(1, 20) AS d""",
						account.value(), owner, random.nextInt(50));
			}
			assertThat(visited).hasSize(10_000).doesNotHaveDuplicates();
		}
	}

}
