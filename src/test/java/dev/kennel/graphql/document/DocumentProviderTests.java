package dev.kennel.graphql.document;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import dev.kennel.error.ApiError;
import dev.kennel.error.ErrorCode;
import dev.kennel.graphql.document.TrustedDocumentsProperties.Mode;
import dev.kennel.graphql.limit.LimitEnforcerFixture;
import dev.kennel.test.BareSchema;
import graphql.ExecutionInput;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.schema.GraphQLSchema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.graphql.execution.GraphQlSource;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The document provider, without a running service. */
class DocumentProviderTests {

	private static final GraphQLSchema SCHEMA = BareSchema.create();

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	private final DocumentCache cache = new DocumentCache(new DocumentCacheProperties(10, DataSize.ofMegabytes(1)));

	private static DocumentPreparation preparation() {
		GraphQlSource source = GraphQlSource.builder(SCHEMA).build();
		return new DocumentPreparation(LimitEnforcerFixture.create(),
				new StaticListableBeanFactory(Map.of("source", source)).getBeanProvider(GraphQlSource.class));
	}

	private DocumentProvider documents(@Nullable Path location, Mode mode) {
		TrustedDocuments trusted = new TrustedDocuments(
				new TrustedDocumentsProperties((location != null) ? location.toString() : null, mode), preparation());
		trusted.afterSingletonsInstantiated();
		return new DocumentProvider(this.cache, preparation(), trusted, LimitEnforcerFixture.create());
	}

	private static PreparsedDocumentEntry get(DocumentProvider documents, String document, @Nullable String id) {
		ExecutionInput input = ExecutionInput.newExecutionInput(document)
			.extensions((id != null) ? Map.of("persistedQuery", Map.of("version", 1, "sha256Hash", id)) : Map.of())
			.build();
		return documents.find(input, null).join();
	}

	private static @Nullable ErrorCode codeOf(DocumentProvider documents, String document, String documentId) {
		ExecutionInput input = ExecutionInput.newExecutionInput(document).build();
		return code(documents.find(input, documentId).join());
	}

	private static @Nullable ErrorCode code(PreparsedDocumentEntry entry) {
		return entry.hasErrors() ? ((ApiError) entry.getErrors().getFirst()).code() : null;
	}

	private Path manifest(String operations) throws IOException {
		return Files.writeString(this.directory.resolve("manifest.json"),
				"{\"format\":\"apollo-persisted-query-manifest\",\"version\":1,\"operations\":[" + operations + "]}");
	}

	@Test
	void strictModeAcceptsOnlyTrustedDocuments() throws IOException {
		String body = "query Names { me { username } }";
		DocumentProvider documents = documents(
				manifest("{\"id\":\"names\",\"name\":\"Names\",\"type\":\"query\",\"body\":\"" + body + "\"}"),
				Mode.STRICT);

		assertThat(code(get(documents, "", "names"))).isNull();
		assertThat(code(get(documents, body, "names"))).isNull();
		assertThat(code(get(documents, body, null))).isNull();
		assertThat(code(get(documents, "{ me { id } }", null))).isEqualTo(ErrorCode.PERSISTED_QUERY_REQUIRED);
		assertThat(code(get(documents, "{ __schema { types { name } } }", null)))
			.isEqualTo(ErrorCode.PERSISTED_QUERY_REQUIRED);
		assertThat(code(get(documents, "nonsense", null))).isEqualTo(ErrorCode.PERSISTED_QUERY_REQUIRED);
		assertThat(code(get(documents, "", "other"))).isEqualTo(ErrorCode.PERSISTED_QUERY_REQUIRED);
		assertThat(code(get(documents, "", "0".repeat(64)))).isEqualTo(ErrorCode.PERSISTED_QUERY_REQUIRED);
		assertThat(code(get(documents, "{ me { id } }", "names"))).isEqualTo(ErrorCode.BAD_USER_INPUT);
		assertThat(this.cache.size()).isZero();
	}

	@Test
	void trustedFilesAreFoundByPathAndByHash() throws IOException {
		Files.createDirectories(this.directory.resolve("dogs"));
		Files.writeString(this.directory.resolve("dogs/names.graphql"), "{ me { username } }");
		DocumentProvider documents = documents(this.directory, Mode.STRICT);

		assertThat(code(get(documents, "", "dogs/names"))).isNull();
		assertThat(code(get(documents, "", "ae90e5d3a5ec2c390bc0513bc9995ca3ec2d0a46cb05d2d82e649dd18119bda4")))
			.isNull();
		assertThat(code(get(documents, "{ me { username } }", null))).isNull();
	}

	@Test
	void manifestOfHashesIsReadAndItsDocumentsAreFoundByAllTheirIds() throws IOException {
		String body = "{ me { username } }";
		String hash = "ae90e5d3a5ec2c390bc0513bc9995ca3ec2d0a46cb05d2d82e649dd18119bda4";
		// GraphQL Code Generator writes the SHA-1 by default, and relay-compiler the MD5.
		DocumentProvider documents = documents(Files.writeString(this.directory.resolve("persisted-documents.json"),
				"{\"4f8b0c9a\":\"" + body + "\",\"x-app:me\":\"{ me { id } }\"}"), Mode.STRICT);

		assertThat(codeOf(documents, "", "4f8b0c9a")).isNull();
		assertThat(codeOf(documents, "", "x-app:me")).isNull();
		assertThat(codeOf(documents, "", hash)).isNull();
		assertThat(codeOf(documents, "", "sha256:" + hash)).isNull();
		assertThat(codeOf(documents, body, "sha256:" + hash)).isNull();
		assertThat(codeOf(documents, body, "4f8b0c9a")).isNull();
		assertThat(code(get(documents, "", "4f8b0c9a"))).isNull();
		assertThat(codeOf(documents, body, "x-app:me")).isEqualTo(ErrorCode.BAD_USER_INPUT);
		assertThat(codeOf(documents, "", "x-app:you")).isEqualTo(ErrorCode.PERSISTED_QUERY_REQUIRED);
		assertThat(codeOf(documents, "", "sha256:" + "0".repeat(64))).isEqualTo(ErrorCode.PERSISTED_QUERY_REQUIRED);
		assertThat(codeOf(documents, "{ me { email } }", "4f8b0c9a")).isEqualTo(ErrorCode.BAD_USER_INPUT);
		assertThat(this.cache.size()).isZero();
	}

	@Test
	void invalidTrustedDocumentFailsStartup() throws IOException {
		assertStartupFails(manifest("{\"id\":\"a\",\"body\":\"{ me { nope } }\"}"), "the document a is faulty: ");
		assertStartupFails(manifest("{\"id\":\"a\",\"body\":\"{ me {\"}"), "the document a is faulty: Invalid syntax");
		assertStartupFails(manifest("{\"id\":\"a\"}"), "has an operation without an id or a body");
		assertStartupFails(
				manifest("{\"id\":\"a\",\"body\":\"{ me { id } }\"},{\"id\":\"a\",\"body\":\"{ me { email } }\"}"),
				"has two documents with the id a");
		assertStartupFails(manifest(""), "has no documents");
		assertStartupFails(Files.writeString(this.directory.resolve("other.json"), "{\"a\":1}"),
				"is no apollo-persisted-query-manifest of version 1, and no object of hashes with documents.");
		assertStartupFails(Files.writeString(this.directory.resolve("twice.json"),
				"{\"a\":\"{ me { id } }\",\"a\":\"{ me { email } }\"}"), "is not JSON (Duplicate");
		assertStartupFails(Files.writeString(this.directory.resolve("empty.json"), "{}"), "has no documents");
		assertStartupFails(Files.writeString(this.directory.resolve("faulty.json"), "{\"a\":\"{ nope }\"}"),
				"the document a is faulty: ");
		assertStartupFails(Files.writeString(this.directory.resolve("none.json"), "nonsense"), "is not JSON");
		assertStartupFails(this.directory.resolve("absent"), "can't be read");
	}

	private void assertStartupFails(Path location, String message) {
		assertThatExceptionOfType(TrustedDocumentException.class).isThrownBy(() -> documents(location, Mode.OFF))
			.withMessageContaining(message);
	}

	@Test
	void syntaxErrorsDoNotQuoteStrings() {
		DocumentProvider documents = documents(null, Mode.OFF);
		for (String document : List.of("{ login(input: {password: \"secret) { tokenType } }",
				"{ login(input: {password: \"secret\" \"secret\"}) { tokenType } }", "{ me { id } } \"secret\"",
				"{ me { id } \"\"\"secret")) {
			assertThat(get(documents, document, null).getErrors()).singleElement()
				.satisfies((error) -> assertThat(error.getMessage()).startsWith("Invalid syntax at line 1 column ")
					.doesNotContain("secret"));
		}
		assertThat(get(documents, "{ me", null).getErrors().getFirst().getMessage())
			.isEqualTo("Invalid syntax with offending token '<EOF>' at line 1 column 5");
	}

	@Test
	void attachmentIsCreatedOnceAndCachedWithTheDocument() {
		DocumentProvider documents = documents(null, Mode.OFF);
		AtomicInteger made = new AtomicInteger();
		for (int i = 0; i < 3; i++) {
			PreparedDocument document = (PreparedDocument) get(documents, "query A { me { id } } query B { me { id } }",
					null);
			PreparedOperation operation = document.operation("B");
			assertThat(operation).isNotNull();
			assertThat(operation.attachment(String.class, (own) -> own.definition().getName() + made.incrementAndGet()))
				.isEqualTo("B1");
			assertThat(document.operation(null)).isNull();
			assertThat(document.operation("C")).isNull();
		}
	}

	@Test
	void concurrentRequestsPrepareADocumentOnce() {
		AtomicInteger prepared = new AtomicInteger();
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch proceed = new CountDownLatch(1);
		String document = "{ me { id } }";
		List<CompletableFuture<PreparsedDocumentEntry>> entries = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			entries.add(CompletableFuture
				.supplyAsync(() -> this.cache.get(DocumentHash.of(document), document.length(), () -> {
					prepared.incrementAndGet();
					started.countDown();
					await(proceed);
					return preparation().prepare(document);
				}), (task) -> Thread.ofPlatform().start(task)));
		}
		await(started);
		proceed.countDown();
		PreparsedDocumentEntry first = entries.getFirst().join();

		assertThat(entries).allSatisfy((entry) -> assertThat(entry.join()).isSameAs(first));
		assertThat(prepared).hasValue(1);
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void frequentlyUsedDocumentIsNotEvicted() {
		DocumentProvider documents = documents(null, Mode.OFF);
		PreparsedDocumentEntry frequent = get(documents, "{ me { id } }", null);
		for (int i = 0; i < 1_000; i++) {
			get(documents, "{ me { a" + i + ": id } }", null);
			assertThat(get(documents, "{ me { id } }", null)).isSameAs(frequent);
		}
		assertThat(this.cache.size()).isLessThanOrEqualTo(10);
	}

}
