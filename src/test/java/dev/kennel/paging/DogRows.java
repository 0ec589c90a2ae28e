package dev.kennel.paging;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import dev.kennel.database.pipeline.StoreFixture;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import dev.kennel.paging.column.ListColumnSet;
import dev.kennel.paging.filter.Relation;
import dev.kennel.paging.order.OrderField;
import dev.kennel.paging.order.SortColumn;
import dev.kennel.paging.order.SortType;
import dev.kennel.test.TestDatabase;
import dev.kennel.text.CaseFolding;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The table of dogs, read by {@code paging} without the rest of the service. */
final class DogRows {

	static final ListDefinition<Row> DEFINITION = definition();

	static final ListDefinition<NodeId> OWNERS = ownerDefinition();

	/** The dogs of an owner, for filters. */
	static final Relation DOGS_OF_OWNER = new Relation("dogs", "owner_id", "owners.id");

	/** The owner of a dog, for filters. */
	static final Relation OWNER_OF_DOG = new Relation("owners", "id", "dogs.owner_id");

	static final String URL = String.valueOf(TestDatabase.create().get("spring.datasource.url"));

	static final JdbcTemplate JDBC = migrated();

	static final StatementRunner RUNNER = new PrimaryStatementRunner(StoreFixture.connect(URL), JDBC);

	private DogRows() {
	}

	private static JdbcTemplate migrated() {
		// As the service does: an index is built CONCURRENTLY, which a transaction would
		// prevent.
		Flyway.configure()
			.dataSource(URL, "postgres", "")
			.configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
			.load()
			.migrate();
		return new JdbcTemplate(new SingleConnectionDataSource(URL, "postgres", "", true));
	}

	private static ListDefinition<Row> definition() {
		ListColumnSet columns = new ListColumnSet();
		int id = columns.always("id");
		int ownerId = columns.always("owner_id");
		int name = columns.always("name");
		int breed = columns.forField("breed", "breed");
		int birthDate = columns.forField("birth_date", "birthDate");
		int updatedAt = columns.always("updated_at");
		return new ListDefinition<>(NodeKind.DOG, "dogs", columns, "owner_id",
				(row) -> new Row(NodeKind.DOG.id(row.uuid(id)), row.uuid(ownerId), row.text(name),
						row.textOrNull(breed), row.dateOrNull(birthDate),
						Objects.requireNonNull(row.timestampOrNull(updatedAt))),
				Row::id);
	}

	private static ListDefinition<NodeId> ownerDefinition() {
		ListColumnSet columns = new ListColumnSet();
		int id = columns.always("id");
		return new ListDefinition<>(NodeKind.OWNER, "owners", columns, null, (row) -> NodeKind.OWNER.id(row.uuid(id)),
				(owner) -> owner);
	}

	static AccountId newAccount() {
		UUID id = UUID.randomUUID();
		JDBC.update("""
				INSERT INTO users (id, username, username_key, email, email_key, password_hash, created_at, updated_at)
				VALUES (?, ?, ?, ?, ?, '', now(), now())""", id, id.toString(), id.toString(), id.toString(),
				id.toString());
		return new AccountId(id);
	}

	static void insertOwner(AccountId account, UUID owner) {
		insertOwner(account, owner, "Owner");
	}

	static void insertOwner(AccountId account, UUID owner, String name) {
		JDBC.update("INSERT INTO owners (user_id, id, name, name_key, created_at, updated_at) "
				+ "VALUES (?, ?, ?, ?, now(), now())", account.value(), owner, name, CaseFolding.key(name));
	}

	static void insert(AccountId account, List<Row> rows) {
		JDBC.batchUpdate(
				"""
						INSERT INTO dogs (user_id, id, owner_id, name, name_key, breed, breed_key, birth_date, created_at, updated_at)
						VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
				rows.stream()
					.map((row) -> new @Nullable Object[] { account.value(), row.id().uuid(), row.ownerId(), row.name(),
							CaseFolding.key(row.name()), row.breed(),
							(row.breed() != null) ? CaseFolding.key(row.breed()) : null, row.birthDate(),
							OffsetDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC), row.updatedAt() })
					.toList());
	}

	/** A dog. */
	record Row(NodeId id, UUID ownerId, String name, @Nullable String breed, @Nullable LocalDate birthDate,
			OffsetDateTime updatedAt) {
	}

	/** The fields by which dogs are sorted. */
	enum Field implements OrderField {

		CREATED_AT(null),

		UPDATED_AT(new SortColumn("updated_at", SortType.TIMESTAMP, false)),

		NAME(new SortColumn("name_key", SortType.TEXT, false)),

		BIRTH_DATE(new SortColumn("birth_date", SortType.DATE, true)),

		BREED(new SortColumn("breed_key", SortType.TEXT, true, false));

		private final @Nullable SortColumn column;

		Field(@Nullable SortColumn column) {
			this.column = column;
		}

		@Override
		public @Nullable SortColumn column() {
			return this.column;
		}

	}

}
