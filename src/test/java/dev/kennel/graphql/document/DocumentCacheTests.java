package dev.kennel.graphql.document;

import java.util.List;
import java.util.Map;

import dev.kennel.engine.plan.RequiredVariables;
import dev.kennel.graphql.cost.FixedCosts;
import dev.kennel.test.Api;
import dev.kennel.test.BareSchema;
import dev.kennel.test.KennelTest;
import graphql.language.Document;
import graphql.parser.Parser;
import graphql.schema.GraphQLSchema;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/** The weight of cached documents with their attachments. */
@KennelTest
class DocumentCacheTests {

	private static final GraphQLSchema SCHEMA = BareSchema.create();

	private final Api api;

	private final DocumentCache shared;

	DocumentCacheTests(Api api, DocumentCache shared) {
		this.api = api;
		this.shared = shared;
	}

	@Test
	void plansAddToTheWeightOfTheirDocument() {
		Api ann = this.api.signUp();
		ann.createOwner("Ann");
		String document = "query Weighed($a: Boolean!, $b: Boolean!) "
				+ "{ myOwners(first: 9) { nodes { id @skip(if: $a) name @skip(if: $b) createdAt } } }";
		DocumentHash hash = DocumentHash.of(document);
		long[] bytes = new long[6];
		int run = 0;
		for (List<Boolean> variables : List.of(List.of(false, false), List.of(false, false), List.of(false, true),
				List.of(true, false), List.of(true, true), List.of(true, true))) {
			ann.execute(document, Map.of("a", variables.getFirst(), "b", variables.getLast())).data();
			PreparedDocument cached = this.shared.find(hash);
			assertThat(cached).isNotNull();
			bytes[run++] = cached.attachedBytes();
		}

		// A field of the root with an argument, one of the connection, and up to three of
		// an owner.
		long field = 256 + 8;
		assertThat(bytes[0]).isGreaterThan(5 * field);
		assertThat(bytes[1]).isEqualTo(bytes[0]);
		assertThat(bytes[3] - bytes[2]).isEqualTo(bytes[2] - bytes[1]);
		assertThat(bytes[2] - bytes[1] - (bytes[4] - bytes[3])).isEqualTo(field);
		assertThat(bytes[2] - bytes[1]).isBetween(4 * field, 5 * field);
		assertThat(bytes[5]).isEqualTo(bytes[4]);
	}

	@Test
	void weightIsUpdatedWhenPlansAreAdded() {
		DocumentCache cache = new DocumentCache(new DocumentCacheProperties(1_000, DataSize.ofMegabytes(1)));
		String text = "query Q { me { id } }";
		DocumentHash hash = DocumentHash.of(text);
		PreparedDocument document = (PreparedDocument) cache.get(hash, text.length(), () -> prepare(text));
		assertThat(cache.weightOf(hash)).isEqualTo(text.length() * 64);

		document.addBytes(10_000);

		assertThat(cache.weightOf(hash)).isEqualTo(text.length() * 64 + 10_000);
		assertThat(cache.weight()).isEqualTo(text.length() * 64 + 10_000);
	}

	@Test
	void documentsAreEvictedForThePlansOfOthers() {
		DocumentCache cache = new DocumentCache(new DocumentCacheProperties(1_000, DataSize.ofMegabytes(1)));
		for (int index = 0; index < 100; index++) {
			String text = "query Q" + index + " { me { id } }";
			PreparedDocument document = (PreparedDocument) cache.get(DocumentHash.of(text), text.length(),
					() -> prepare(text));
			PreparedOperation operation = document.operation(null);
			assertThat(operation).isNotNull();
			for (int plan = 0; plan < 3; plan++) {
				operation.addBytes(100_000);
			}
			assertThat(cache.weight()).isLessThanOrEqualTo(DataSize.ofMegabytes(1).toBytes());
		}
		assertThat(cache.size()).isEqualTo(3);
	}

	@Test
	void documentHeavierThanTheCacheIsNotCached() {
		DocumentCache cache = new DocumentCache(new DocumentCacheProperties(1_000, DataSize.ofMegabytes(1)));
		String text = "query Q { me { id } }";
		PreparedDocument document = (PreparedDocument) cache.get(DocumentHash.of(text), text.length(),
				() -> prepare(text));
		document.addBytes(2_000_000);

		assertThat(cache.size()).isZero();
		// A request that already has it still executes it.
		document.addBytes(1);
		assertThat(cache.size()).isZero();
	}

	private static PreparedDocument prepare(String text) {
		Document document = Parser.parse(text);
		return new PreparedDocument(document, (operation) -> FixedCosts.free(),
				RequiredVariables.ofDirectives(SCHEMA, document));
	}

	@Test
	void onlyTheExecutedOperationOfADocumentIsCosted() {
		StringBuilder text = new StringBuilder("fragment F on Query { myOwners { nodes { dogs { nodes { id } } } } }");
		for (int index = 0; index < 100; index++) {
			text.append(" query Q").append(index).append(" { ...F }");
		}
		DocumentHash hash = DocumentHash.of(text.toString());
		Api ann = this.api.signUp();
		ann.post(new tools.jackson.databind.json.JsonMapper()
			.writeValueAsBytes(Map.of("query", text.toString(), "operationName", "Q1")), Map.of()).data();

		PreparedDocument document = this.shared.find(hash);
		assertThat(document).isNotNull();
		assertThat(document.attachedBytes()).isBetween(1_000L, 10_000L);
	}

}
