package dev.kennel.paging;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.kennel.database.pipeline.PipelinedClient;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import dev.kennel.paging.DogRows.Field;
import dev.kennel.paging.DogRows.Row;
import dev.kennel.paging.filter.DateFilter;
import dev.kennel.paging.filter.Filter;
import dev.kennel.paging.filter.FilterInput;
import dev.kennel.paging.filter.StringFilter;
import dev.kennel.paging.order.Order;
import dev.kennel.paging.order.OrderDirection;
import dev.kennel.text.CaseFolding;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * For any rows, filter, order and page size, the pages equal those of an in-memory model.
 */
class ListReaderModelTests {

	private final ListReader<Row> reader = new ListReader<>(DogRows.RUNNER, DogRows.DEFINITION);

	private final ListReader<NodeId> ownerReader = new ListReader<>(DogRows.RUNNER, DogRows.OWNERS);

	/** The rows: few distinct values, so that there are many ties. */
	record Dataset(List<Row> rows, Map<UUID, String> ownerNames) {

		List<UUID> owners() {
			return List.copyOf(this.ownerNames.keySet());
		}

		Stream<Row> dogsOf(UUID owner) {
			return this.rows.stream().filter((row) -> row.ownerId().equals(owner));
		}

	}

	/** A filter in SQL, and the equivalent predicate. */
	record FilterCase<T>(Filter filter, Predicate<T> predicate) {

		FilterInput input() {
			return () -> this.filter;
		}

	}

	private static Dataset randomData(Random random) {
		Map<UUID, String> ownerNames = new LinkedHashMap<>();
		List.of("Ann", "ann b_", "Zoë").forEach((name) -> ownerNames.put(new UUID(7, random.nextLong()), name));
		List<UUID> owners = List.copyOf(ownerNames.keySet());
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
		return new Dataset(rows, ownerNames);
	}

	/**
	 * Combines comparisons by {@code and}, {@code or}, {@code not} and relations, up to
	 * four deep.
	 */
	private static FilterCase<Row> randomFilter(Random random, Dataset data) {
		return randomFilter(random, data, random.nextInt(4));
	}

	private static FilterCase<Row> randomFilter(Random random, Dataset data, int depth) {
		FilterCase<Row> comparisons = randomComparisons(random);
		if (depth == 0) {
			return comparisons;
		}
		Filter.Builder filter = Filter.builder();
		Predicate<Row> predicate = (row) -> true;
		if (random.nextInt(3) == 0) {
			filter.and(List.of(comparisons.input()));
			predicate = predicate.and(comparisons.predicate());
		}
		if (random.nextBoolean()) {
			List<FilterCase<Row>> all = randomFilters(random, data, depth - 1);
			filter.and(all.stream().map(FilterCase::input).toList());
			predicate = predicate.and((row) -> all.stream().allMatch((one) -> one.predicate().test(row)));
		}
		if (random.nextBoolean()) {
			List<FilterCase<Row>> any = randomFilters(random, data, depth - 1);
			filter.or(any.stream().map(FilterCase::input).toList());
			predicate = predicate.and((row) -> any.stream().anyMatch((one) -> one.predicate().test(row)));
		}
		if (random.nextBoolean()) {
			FilterCase<Row> negated = randomFilter(random, data, depth - 1);
			filter.not(negated.input());
			predicate = predicate.and(negated.predicate().negate());
		}
		if (random.nextInt(3) == 0) {
			FilterCase<UUID> owner = randomOwnerFilter(random, data, depth - 1);
			filter.one(DogRows.OWNER_OF_DOG, owner.input());
			predicate = predicate.and((row) -> owner.predicate().test(row.ownerId()));
		}
		return new FilterCase<>(filter.build(), predicate);
	}

	private static FilterCase<UUID> randomOwnerFilter(Random random, Dataset data, int depth) {
		StringFilter name = maybe(random, 0.5, List.of(new StringFilter("ANN", null, null, null, null),
				new StringFilter(null, null, null, "ann", null), new StringFilter(null, null, "ë", null, null)));
		Filter.Builder filter = Filter.builder().text("name_key", name);
		Predicate<UUID> predicate = (owner) -> matches(name, data.ownerNames().get(owner));
		FilterCase<Row> dogs = randomFilter(random, data, Math.max(depth, 0));
		switch (random.nextInt(4)) {
			case 0 -> {
				filter.some(DogRows.DOGS_OF_OWNER, dogs.input());
				predicate = predicate.and((owner) -> data.dogsOf(owner).anyMatch(dogs.predicate()));
			}
			case 1 -> {
				filter.none(DogRows.DOGS_OF_OWNER, dogs.input());
				predicate = predicate.and((owner) -> data.dogsOf(owner).noneMatch(dogs.predicate()));
			}
			case 2 -> {
				filter.every(DogRows.DOGS_OF_OWNER, dogs.input());
				predicate = predicate.and((owner) -> data.dogsOf(owner).allMatch(dogs.predicate()));
			}
			default -> {
			}
		}
		FilterCase<UUID> built = new FilterCase<>(filter.build(), predicate);
		return random.nextBoolean() ? built
				: new FilterCase<>(Filter.builder().not(built.input()).build(), predicate.negate());
	}

	private static List<FilterCase<Row>> randomFilters(Random random, Dataset data, int depth) {
		List<FilterCase<Row>> filters = new ArrayList<>();
		int size = random.nextInt(4);
		for (int i = 0; i < size; i++) {
			filters.add(randomFilter(random, data, depth));
		}
		return filters;
	}

	private static FilterCase<Row> randomComparisons(Random random) {
		String text = oneOf(random, List.of("a", "A", "b_", "%", "\\", "é", "SS", ""));
		StringFilter name = maybe(random, 0.5,
				List.of(new StringFilter(text, null, null, null, null),
						new StringFilter(null, List.of(text, "z"), null, null, null),
						new StringFilter(null, null, text, null, null), new StringFilter(null, null, null, text, null),
						new StringFilter(null, List.of(), null, null, null),
						new StringFilter(null, null, null, null, random.nextBoolean())));
		StringFilter breed = maybe(random, 0.5, List.of(new StringFilter(null, null, "COLL", null, null),
				new StringFilter("pug", null, null, null, null), new StringFilter(null, null, null, "collie", null),
				new StringFilter(null, null, null, "", null), new StringFilter(null, null, "", null, null),
				new StringFilter(null, List.of("PUG", ""), null, null, null),
				new StringFilter(null, null, null, null, true), new StringFilter(null, null, null, "c", false)));
		DateFilter birth = (random.nextDouble() < 0.3) ? randomDateFilter(random) : null;
		return new FilterCase<>(
				Filter.builder().text("name_key", name).text("breed_key", breed).date("birth_date", birth).build(),
				(row) -> matches(name, row.name()) && matches(breed, row.breed()) && matches(birth, row.birthDate()));
	}

	private static DateFilter randomDateFilter(Random random) {
		List<LocalDate> dates = List.of(LocalDate.of(2020, 1, 1), LocalDate.of(2020, 1, 2), LocalDate.of(2020, 2, 29));
		return new DateFilter(maybe(random, 0.2, dates), maybe(random, 0.2, dates), maybe(random, 0.2, dates),
				maybe(random, 0.2, dates), maybe(random, 0.2, dates), maybe(random, 0.3, List.of(true, false)));
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
		if (filter.isNull() != null && filter.isNull() != (text == null)) {
			return false;
		}
		if (text == null) {
			return filter.eq() == null && filter.in() == null && filter.contains() == null
					&& filter.startsWith() == null;
		}
		String key = CaseFolding.key(text);
		return (filter.eq() == null || key.equals(CaseFolding.key(filter.eq())))
				&& (filter.in() == null || filter.in().stream().map(CaseFolding::key).anyMatch(key::equals))
				&& (filter.contains() == null || key.contains(CaseFolding.key(filter.contains())))
				&& (filter.startsWith() == null || key.startsWith(CaseFolding.key(filter.startsWith())));
	}

	private static boolean matches(@Nullable DateFilter filter, @Nullable LocalDate day) {
		return filter == null || ((filter.isNull() == null || filter.isNull() == (day == null))
				&& compares(day, filter.eq(), (order) -> order == 0) && compares(day, filter.gt(), (order) -> order > 0)
				&& compares(day, filter.gte(), (order) -> order >= 0)
				&& compares(day, filter.lt(), (order) -> order < 0)
				&& compares(day, filter.lte(), (order) -> order <= 0));
	}

	private static boolean compares(@Nullable LocalDate day, @Nullable LocalDate value, IntPredicate comparison) {
		return value == null || (day != null && comparison.test(day.compareTo(value)));
	}

	/**
	 * The in-memory model: ties by id in the direction of the order, nulls last in both
	 * directions.
	 */
	private static List<Row> model(List<Row> rows, FilterCase<Row> filterCase, Order order) {
		Comparator<Row> byValue = switch ((Field) order.field()) {
			case CREATED_AT -> (_, _) -> 0;
			case UPDATED_AT -> Comparator.comparing((Row row) -> row.updatedAt().toInstant());
			case NAME -> (a, b) -> compareBytes(CaseFolding.key(a.name()), CaseFolding.key(b.name()));
			case BIRTH_DATE ->
				Comparator.comparing((Row row) -> (row.birthDate() != null) ? row.birthDate() : LocalDate.EPOCH);
			case BREED -> (a, b) -> compareBytes(breedKey(a), breedKey(b));
		};
		Comparator<Row> ascending = byValue.thenComparing((a, b) -> compareUnsigned(a.id().uuid(), b.id().uuid()));
		Comparator<Row> directed = order.descending() ? ascending.reversed() : ascending;
		Comparator<Row> nullsLast = switch ((Field) order.field()) {
			case BIRTH_DATE -> Comparator.comparing((Row row) -> row.birthDate() == null).thenComparing(directed);
			case BREED -> Comparator.comparing((Row row) -> row.breed() == null).thenComparing(directed);
			default -> directed;
		};
		return rows.stream().filter(filterCase.predicate()).sorted(nullsLast).toList();
	}

	private static String breedKey(Row row) {
		return (row.breed() != null) ? CaseFolding.key(row.breed()) : "";
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
		data.ownerNames().forEach((owner, name) -> DogRows.insertOwner(account, owner, name));
		DogRows.insert(account, data.rows());
		return account;
	}

	/** Of any filter: a row matches either it or its negation. */
	@Test
	void negationMatchesExactlyTheOtherRows() {
		check(60, (random) -> {
			Dataset data = randomData(random);
			AccountId account = insertAll(data);
			FilterCase<Row> filterCase = randomFilter(random, data);
			Filter negation = Filter.builder().not(filterCase.input()).build();

			int matching = PipelinedClient.await(this.reader.count(account, filterCase.filter()));
			int others = PipelinedClient.await(this.reader.count(account, negation));

			assertThat(matching).isEqualTo(data.rows().stream().filter(filterCase.predicate()).count());
			assertThat(matching + others).isEqualTo(data.rows().size());
		});
	}

	/** Another account has owners with the same ids, and other dogs. */
	@Test
	void ownersByTheirDogsEqualTheModel() {
		check(100, (random) -> {
			Dataset data = randomData(random);
			AccountId account = insertAll(data);
			FilterCase<UUID> filterCase = randomOwnerFilter(random, data, random.nextInt(3));
			Dataset others = new Dataset(randomData(random).rows()
				.stream()
				.map((row) -> new Row(row.id(), data.owners().getFirst(), row.name(), row.breed(), row.birthDate(),
						row.updatedAt()))
				.toList(), data.ownerNames());
			insertAll(others);

			List<NodeId> owners = PipelinedClient
				.await(this.ownerReader.page(account, new PageQuery(new Order(Field.CREATED_AT, OrderDirection.ASC),
						filterCase.filter(), 10, false, null, null), DogRows.OWNERS.all()))
				.nodes();

			assertThat(owners).map(NodeId::uuid)
				.isEqualTo(data.owners()
					.stream()
					.filter(filterCase.predicate())
					.sorted(ListReaderModelTests::compareUnsigned)
					.toList());
		});
	}

	@Test
	void emptyConjunctionMatchesEveryRowAndEmptyDisjunctionNone() {
		Filter all = Filter.builder().and(List.of()).build();
		Filter none = Filter.builder().or(List.of()).build();
		FilterInput any = () -> Filter.ALL_ROWS;

		assertThat(all).isEqualTo(Filter.ALL_ROWS);
		assertThat(Filter.builder().or(List.of(() -> none, any)).build()).isEqualTo(Filter.ALL_ROWS);
		assertThat(Filter.builder().not(any).build()).isEqualTo(none);
		assertThat(none.sql()).isEqualTo("false");
	}

	@Test
	void pagingVisitsTheWholeListInBothDirections() {
		check(150, (random) -> {
			Dataset data = randomData(random);
			FilterCase<Row> filterCase = randomFilter(random, data);
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
					assertThat(PipelinedClient.await(this.reader.hasMore(account,
							new HasMoreQuery(order, filterCase.filter(), cursor, backward))))
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
			FilterCase<Row> filterCase = randomFilter(random, data);
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
			FilterCase<Row> all = new FilterCase<>(Filter.ALL_ROWS, (row) -> true);
			List<Row> list = model(data.rows(), all, order);
			if (list.isEmpty()) {
				return;
			}
			int first = from % list.size();
			int last = to % list.size();

			Page<Row> page = PipelinedClient.await(this.reader.page(account,
					new PageQuery(order, Filter.ALL_ROWS, size, backward,
							cursor(list.get(first), (Field) order.field()),
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
			case BREED -> (row.breed() != null) ? CaseFolding.key(row.breed()) : null;
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
							new PageQuery(order, Filter.ALL_ROWS, 1, false, cursor, null), DogRows.DEFINITION.all())));
				assertThat(NodeId.parse(candidate)).isEmpty();
			}
		});
	}

}
