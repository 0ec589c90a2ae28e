package dev.kennel.paging;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;

import dev.kennel.database.pipeline.PipelinedClient;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import dev.kennel.paging.DogRows.Field;
import dev.kennel.paging.DogRows.Row;
import dev.kennel.text.CaseFolding;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * For any rows, filter, order and page size, the pages equal those of an in-memory model.
 */
class ListReaderModelTests {

	private final ListReader<Row> reader = new ListReader<>(DogRows.RUNNER, DogRows.DEFINITION);

	/** The rows: few distinct values, so that there are many ties. */
	record Dataset(List<Row> rows, List<UUID> owners) {
	}

	/** A filter in SQL, and the equivalent predicate. */
	record FilterCase(Filter filter, Predicate<Row> predicate) {
	}

	private static Dataset randomData(Random random) {
		List<UUID> owners = List.of(new UUID(7, random.nextLong()), new UUID(7, random.nextLong()),
				new UUID(7, random.nextLong()));
		String[] names = { "a", "A", "ab", "Aé", "b_", "b%", "b\\", "ß", "Z", "🐕" };
		@Nullable String[] breeds = { null, "Collie", "collie x", "Pug" };
		@Nullable LocalDate[] births = { null, null, LocalDate.of(2020, 1, 1), LocalDate.of(2020, 2, 29), LocalDate.of(1, 1, 1),
				LocalDate.of(9999, 12, 31) };
		List<Row> rows = new ArrayList<>();
		int size = random.nextInt(40);
		for (int i = 0; i < size; i++) {
			rows.add(new Row(NodeKind.DOG.id(new UUID(random.nextLong(), random.nextLong())),
					owners.get(random.nextInt(2)), names[random.nextInt(names.length)],
					breeds[random.nextInt(breeds.length)], births[random.nextInt(births.length)],
					OffsetDateTime.of(2026, 1, 1, 0, 0, random.nextInt(5), random.nextInt(3) * 1_000, ZoneOffset.UTC)));
		}
		return new Dataset(rows, owners);
	}

	private static FilterCase randomFilter(Random random) {
		String text = oneOf(random, List.of("a", "A", "b_", "%", "\\", "é", "SS", ""));
		StringFilter name = maybe(random, 0.5, List.of(new StringFilter(text, null, null, null),
				new StringFilter(null, List.of(text, "z"), null, null), new StringFilter(null, null, text, null),
				new StringFilter(null, null, null, text), new StringFilter(null, List.of(), null, null)));
		StringFilter breed = maybe(random, 0.5,
				List.of(new StringFilter(null, null, "COLL", null), new StringFilter("pug", null, null, null),
						new StringFilter(null, null, null, "collie"), new StringFilter(null, null, null, ""),
						new StringFilter(null, null, "", null),
						new StringFilter(null, List.of("PUG", ""), null, null)));
		DateFilter birth = maybe(random, 0.3,
				List.of(new DateFilter(LocalDate.of(2020, 1, 1), null), new DateFilter(null, LocalDate.of(2020, 2, 29)),
						new DateFilter(LocalDate.of(2020, 1, 1), LocalDate.of(2020, 1, 2))));
		return new FilterCase(
				Filter.builder().text("name_key", name).text("breed_key", breed).range("birth_date", birth).build(),
				(row) -> matches(name, row.name()) && matches(breed, row.breed()) && matches(birth, row.birthDate()));
	}

	private static Order randomOrder(Random random) {
		return new Order(oneOf(random, List.of(Field.values())), oneOf(random, List.of(OrderDirection.values())));
	}

	private static <T> T oneOf(Random random, List<T> values) {
		return values.get(random.nextInt(values.size()));
	}

	private static <T> @Nullable T maybe(Random random, double probability, List<T> values) {
		return (random.nextDouble() < probability) ? oneOf(random, values) : null;
	}

	/**
	 * Checks a property with random values. The seed of a failure repeats it:
	 * {@code -Dproperty.seed=…}.
	 */
	private static void check(int tries, Consumer<Random> property) {
		Long given = Long.getLong("property.seed");
		for (int run = 0; run < ((given != null) ? 1 : tries); run++) {
			long seed = (given != null) ? given : ThreadLocalRandom.current().nextLong();
			try {
				property.accept(new Random(seed));
			}
			catch (AssertionError | RuntimeException ex) {
				throw new AssertionError("-Dproperty.seed=" + seed, ex);
			}
		}
	}

	private static boolean matches(@Nullable StringFilter filter, @Nullable String text) {
		if (filter == null) {
			return true;
		}
		if (text == null) {
			return false;
		}
		String key = CaseFolding.key(text);
		return (filter.eq() == null || key.equals(CaseFolding.key(filter.eq())))
				&& (filter.in() == null || filter.in().stream().map(CaseFolding::key).anyMatch(key::equals))
				&& (filter.contains() == null || key.contains(CaseFolding.key(filter.contains())))
				&& (filter.startsWith() == null || key.startsWith(CaseFolding.key(filter.startsWith())));
	}

	private static boolean matches(@Nullable DateFilter filter, @Nullable LocalDate day) {
		return filter == null || (day != null && (filter.gte() == null || !day.isBefore(filter.gte()))
				&& (filter.lt() == null || day.isBefore(filter.lt())));
	}

	/**
	 * The in-memory model: ties by id in the direction of the order, nulls last in both
	 * directions.
	 */
	private static List<Row> model(List<Row> rows, FilterCase filterCase, Order order) {
		Comparator<Row> byValue = switch ((Field) order.field()) {
			case CREATED_AT -> (_, _) -> 0;
			case UPDATED_AT -> Comparator.comparing((Row row) -> row.updatedAt().toInstant());
			case NAME -> (a, b) -> compareBytes(CaseFolding.key(a.name()), CaseFolding.key(b.name()));
			case BIRTH_DATE ->
				Comparator.comparing((Row row) -> (row.birthDate() != null) ? row.birthDate() : LocalDate.EPOCH);
		};
		Comparator<Row> ascending = byValue.thenComparing((a, b) -> compareUnsigned(a.id().uuid(), b.id().uuid()));
		Comparator<Row> directed = order.descending() ? ascending.reversed() : ascending;
		Comparator<Row> nullsLast = (order.field() == Field.BIRTH_DATE)
				? Comparator.comparing((Row row) -> row.birthDate() == null).thenComparing(directed) : directed;
		return rows.stream().filter(filterCase.predicate()).sorted(nullsLast).toList();
	}

	private static int compareBytes(String a, String b) {
		return java.util.Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
	}

	private static int compareUnsigned(UUID a, UUID b) {
		int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
		return (high != 0) ? high : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
	}

	private static AccountId insertAll(Dataset data) {
		AccountId account = DogRows.newAccount();
		data.owners().forEach((owner) -> DogRows.insertOwner(account, owner));
		DogRows.insert(account, data.rows());
		return account;
	}

	@Test
	void pagingVisitsTheWholeListInBothDirections() {
		check(150, (random) -> {
			Dataset data = randomData(random);
			FilterCase filterCase = randomFilter(random);
			Order order = randomOrder(random);
			int size = random.nextInt(1, 8);
			boolean backward = random.nextBoolean();
			AccountId account = insertAll(data);
			List<Row> expected = model(data.rows(), filterCase, order);

			List<Row> visited = new ArrayList<>();
			Cursor cursor = null;
			boolean hasMore = true;
			while (hasMore) {
				PageQuery query = new PageQuery(order, filterCase.filter(), size, backward, backward ? null : cursor,
						backward ? cursor : null);
				Connection<Row> page = new Connection<>(DogRows.DEFINITION, new ListKey<>(account, null, query),
						PipelinedClient.await(this.reader.page(account, query, DogRows.DEFINITION.all())));
				assertThat(page.nodes().size()).isLessThanOrEqualTo(size);
				visited.addAll(backward ? 0 : visited.size(), page.nodes());
				hasMore = Boolean.TRUE.equals(backward ? page.knownHasPreviousPage() : page.knownHasNextPage());
				assertThat(hasMore).isEqualTo(visited.size() < expected.size());
				if (cursor != null) {
					assertThat(PipelinedClient.await(
							this.reader.hasMore(account, new ProbeQuery(order, filterCase.filter(), cursor, backward))))
						.as("there is something on the other side, where the walk has come from")
						.isTrue();
				}
				if (!page.nodes().isEmpty()) {
					String text = page.cursor(backward ? 0 : page.nodes().size() - 1);
					cursor = Cursor.decode(text, DogRows.DEFINITION.tag(), order).orElseThrow();
				}
			}

			assertThat(visited).isEqualTo(expected);
			assertThat(PipelinedClient.await(this.reader.count(account, filterCase.filter())))
				.isEqualTo(expected.size());
		});
	}

	@Test
	void nestedPagesEqualThePagesOfEachParent() {
		check(60, (random) -> {
			Dataset data = randomData(random);
			FilterCase filterCase = randomFilter(random);
			Order order = randomOrder(random);
			int size = random.nextInt(1, 8);
			boolean backward = random.nextBoolean();
			AccountId account = insertAll(data);
			PageQuery query = new PageQuery(order, filterCase.filter(), size, backward, null, null);

			Map<UUID, Page<Row>> pages = PipelinedClient
				.await(this.reader.pagesByParent(account, data.owners(), query, DogRows.DEFINITION.all()));
			Map<UUID, Integer> counts = PipelinedClient
				.await(this.reader.countsByParent(account, data.owners(), filterCase.filter()));

			Map<UUID, List<Row>> expectedPages = new HashMap<>();
			Map<UUID, Integer> expectedCounts = new HashMap<>();
			for (UUID owner : data.owners()) {
				List<Row> list = model(data.rows().stream().filter((row) -> row.ownerId().equals(owner)).toList(),
						filterCase, order);
				if (!list.isEmpty()) {
					expectedCounts.put(owner, list.size());
					expectedPages.put(owner, backward ? list.subList(Math.max(0, list.size() - size), list.size())
							: list.subList(0, Math.min(size, list.size())));
					assertThat(pages.getOrDefault(owner, Page.empty()).hasMore()).isEqualTo(list.size() > size);
				}
			}
			Map<UUID, List<Row>> found = new HashMap<>();
			pages.forEach((owner, page) -> found.put(owner, page.nodes()));
			assertThat(found).isEqualTo(expectedPages);
			assertThat(counts).isEqualTo(expectedCounts);
		});
	}

	@Test
	void pageBetweenTwoCursorsHasTheRowsBetween() {
		check(100, (random) -> {
			Dataset data = randomData(random);
			Order order = randomOrder(random);
			int from = random.nextInt(0, 41);
			int to = random.nextInt(0, 41);
			int size = random.nextInt(1, 8);
			boolean backward = random.nextBoolean();
			AccountId account = insertAll(data);
			FilterCase all = new FilterCase(Filter.NONE, (row) -> true);
			List<Row> list = model(data.rows(), all, order);
			if (list.isEmpty()) {
				return;
			}
			int first = from % list.size();
			int last = to % list.size();

			Page<Row> page = PipelinedClient.await(this.reader.page(account,
					new PageQuery(order, Filter.NONE, size, backward, cursor(list.get(first), (Field) order.field()),
							cursor(list.get(last), (Field) order.field())),
					DogRows.DEFINITION.all()));

			List<Row> between = (first + 1 < last) ? list.subList(first + 1, last) : List.of();
			List<Row> expected = backward ? between.subList(Math.max(0, between.size() - size), between.size())
					: between.subList(0, Math.min(size, between.size()));
			assertThat(page.nodes()).isEqualTo(expected);
			assertThat(page.hasMore()).isEqualTo(between.size() > size);
		});
	}

	private static Cursor cursor(Row row, Field field) {
		return new Cursor(row.id().uuid(), switch (field) {
			case CREATED_AT -> null;
			case UPDATED_AT -> row.updatedAt();
			case NAME -> CaseFolding.key(row.name());
			case BIRTH_DATE -> row.birthDate();
		});
	}

	@Test
	void cursorRoundTripsOnlyForItsListAndOrder() {
		check(200, (random) -> {
			Dataset data = randomData(random);
			Order order = randomOrder(random);
			for (Row row : data.rows()) {
				Cursor cursor = cursor(row, (Field) order.field());
				String text = cursor.encode((byte) 'd', order);
				assertThat(Cursor.decode(text, (byte) 'd', order)).contains(cursor);
				assertThat(Cursor.decode(text, (byte) 'o', order)).isEmpty();
				assertThat(Cursor.decode(text + "A", (byte) 'd', order)).isEmpty();
				assertThat(Cursor.decode(text.substring(1), (byte) 'd', order)).isEmpty();
				for (Field otherField : Field.values()) {
					for (OrderDirection otherDirection : OrderDirection.values()) {
						Order other = new Order(otherField, otherDirection);
						assertThat(Cursor.decode(text, (byte) 'd', other).isPresent()).isEqualTo(other.equals(order));
					}
				}
			}
		});
	}

	@Test
	void randomBytesAreRejectedOrAHarmlessCursor() {
		check(2_000, (random) -> {
			Order order = randomOrder(random);
			byte[] bytes = new byte[random.nextInt(64)];
			random.nextBytes(bytes);
			String text = random.ints(random.nextInt(64), 0, 0x10000)
				.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
				.toString();
			byte[] likely = bytes.clone();
			byte[] head = { 1, 'd', (byte) order.field().ordinal(), order.direction().tag() };
			System.arraycopy(head, 0, likely, 0, Math.min(head.length, likely.length));
			for (String candidate : List.of(text,
					java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(bytes),
					java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(likely))) {
				Cursor.decode(candidate, (byte) 'd', order)
					.ifPresent((cursor) -> PipelinedClient.await(this.reader.page(new AccountId(new UUID(0, 0)),
							new PageQuery(order, Filter.NONE, 1, false, cursor, null), DogRows.DEFINITION.all())));
				assertThat(NodeId.parse(candidate)).isEmpty();
			}
		});
	}

}
