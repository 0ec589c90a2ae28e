package dev.kennel.fuzz;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;

import com.sun.management.OperatingSystemMXBean;
import dev.kennel.graphql.document.PreparedDocuments;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import graphql.ExecutionInput;
import graphql.ParseAndValidate;
import graphql.ParseAndValidateResult;
import graphql.language.Document;
import graphql.parser.Parser;
import graphql.schema.GraphQLSchema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.graphql.execution.GraphQlSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every response to a random operation conforms to the specification, reports no internal
 * error, and contains no data of another account.
 *
 * <p>
 * Each run sends other operations. A failure prints its seed: {@code mvn test
 * -Dtest=FuzzTests -Dfuzz.seed=… -Dfuzz.operations=1} repeats it, and
 * {@code -Dfuzz.operations=100000} sends more, for four minutes at most.
 */
@KennelTest
class FuzzTests {

	private static final Logger logger = LoggerFactory.getLogger(FuzzTests.class);

	private static final String GRAPHQL_RESPONSE = "application/graphql-response+json";

	private static final int CLIENTS = 4;

	/** A slow machine sends fewer operations: access tokens expire after five minutes. */
	private static final Duration MAX_TIME = Duration.ofMinutes(4);

	/** What clients accept: most operations are delivered whole. */
	private static final List<String> ACCEPT = List.of("", "", "multipart/mixed;incrementalSpec=v0.2,",
			"multipart/mixed;deferSpec=20220824,");

	private static final List<String> ON_ERROR = List.of("", "", "PROPAGATE", "NULL", "HALT");

	/** Texts may have half of a surrogate pair, which has no UTF-8. */
	private static final JsonMapper JSON = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

	private final Api api;

	private final GraphQLSchema schema;

	private final ResponseValidator checker;

	FuzzTests(Api api, GraphQlSource source) {
		this.api = api;
		this.schema = source.schema();
		this.checker = new ResponseValidator(this.schema);
	}

	/** An account whose data must not appear in a response, with its ids and texts. */
	private record Victim(Api api, List<String> ids, List<String> secrets) {
	}

	private static final String EVERYTHING = "{ me { id username email owners(first: 200) { nodes { id name createdAt updatedAt } } "
			+ "dogs(first: 200) { nodes { id name breed updatedAt } } sessions { id } } }";

	private Victim victim() {
		String marker = "marker" + UUID.randomUUID().toString().replace("-", "").substring(0, 16);
		Api eve = this.api.signUp(marker);
		String owner = eve.createOwner(marker);
		String dog = eve.createDog(Map.of("ownerId", owner, "name", marker, "breed", marker));
		String user = eve.execute("{ me { id } }").text("/me/id");
		String session = eve.execute("{ me { sessions { id } } }").text("/me/sessions/0/id");
		List<String> ids = List.of(owner, dog, user, session);
		List<String> secrets = new ArrayList<>(ids);
		secrets.add(marker);
		return new Victim(eve, ids, secrets);
	}

	private OperationGenerator generator(Api client, Victim victim) {
		List<String> ids = new ArrayList<>(victim.ids());
		List<String> owners = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			String owner = client.createOwner("Owner " + i);
			owners.add(owner);
			ids.add(owner);
			ids.add(client.createDog(owner, "Dog " + i));
			ids.add(client.createDog(owner, "Rex"));
		}
		ids.add(client.execute("{ me { id } }").text("/me/id"));
		for (NodeKind kind : NodeKind.values()) {
			ids.add(new NodeId(kind, new UUID(0, 0)).toString());
		}
		ids.addAll(List.of("", "own_", "own_zzzzzzzzzzzzzzzzzzzzzzzzzz", "dog_01h455vb4pex5vsknk084sn02q\u0000", "%"));
		Map<String, Function<RandomGenerator, Map<String, @Nullable Object>>> inputs = Map.of("CreateOwnerInput",
				(random) -> new LinkedHashMap<>(Map.of("name", "Owner " + random.nextInt(100))), "CreateDogInput",
				(random) -> new LinkedHashMap<>(
						Map.of("ownerId", owners.get(random.nextInt(owners.size())), "name", "Dog")));
		return new OperationGenerator(this.schema, new OperationGenerator.Options(9, 0.2, 0.3, 0.05,
				// They end the session, or hash a password.
				List.of("logout", "revokeSession", "revokeOtherSessions", "deleteMe", "changePassword", "signup",
						"login", "reauthenticate", "requestPasswordReset", "requestEmailVerification"),
				ids, List.of("Rex", "Owner", "dog"), inputs));
	}

	@Test
	void responsesToRandomOperationsConformToTheSpecification() throws Exception {
		long seed = Long.getLong("fuzz.seed", ThreadLocalRandom.current().nextLong(1L << 40));
		int operations = Integer.getInteger("fuzz.operations", 10_000);
		logger.info("Sending {} random operations from -Dfuzz.seed={} on", operations, seed);
		Victim victim = victim();
		String before = victim.api().execute(EVERYTHING).data().toString();
		long cpu = cpuSeconds();
		Map<String, AtomicInteger> outcomes = new ConcurrentHashMap<>();
		AtomicInteger next = new AtomicInteger();
		long end = System.nanoTime() + MAX_TIME.toNanos();

		try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
			List<Future<?>> running = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				Api client = this.api.signUp();
				OperationGenerator generator = generator(client, victim);
				running.add(clients.submit(() -> {
					for (int n = next.getAndIncrement(); n < operations
							&& System.nanoTime() < end; n = next.getAndIncrement()) {
						GeneratedOperation operation = generator.generate(seed + n);
						Api sender = (n % 10 == 0) ? client.withToken(null) : client;
						try {
							send(sender, operation, victim, outcomes);
						}
						catch (RuntimeException | AssertionError ex) {
							next.set(operations);
							throw new AssertionError(
									"-Dfuzz.seed=" + operation.seed() + ": " + ex.getMessage() + "\n" + operation, ex);
						}
					}
					return null;
				}));
			}
			for (Future<?> one : running) {
				one.get();
			}
		}

		logger.info("Responses: {}, after {} s of processor time", new TreeMap<>(outcomes), cpuSeconds() - cpu);
		assertThat(outcomes).containsKeys("data", "no data");
		assertThat(victim.api().execute(EVERYTHING).data().toString()).isEqualTo(before);
	}

	private static long cpuSeconds() {
		OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
		return system.getProcessCpuTime() / 1_000_000_000;
	}

	private void send(Api client, GeneratedOperation operation, Victim victim, Map<String, AtomicInteger> outcomes) {
		Map<String, @Nullable Object> body = new HashMap<>();
		body.put("query", operation.document());
		body.put("variables", operation.variables());
		body.put("operationName", operation.operationName());
		if (operation.seed() % 3 == 0) {
			body.put("extensions", Map.of("cost", true));
		}
		String onError = ON_ERROR.get((int) (operation.seed() % ON_ERROR.size()));
		if (!onError.isEmpty()) {
			body.put("onError", onError);
		}
		Api.Response response = client.post(JSON.writeValueAsBytes(body),
				Map.of("Accept", ACCEPT.get((int) (operation.seed() % ACCEPT.size())) + GRAPHQL_RESPONSE));

		assertThat(response.status()).as("%s", response).isIn(200, 400);
		assertThat(response.body()).doesNotContain(victim.secrets());
		DeliveredResult delivered = null;
		if (response.header("Content-Type").startsWith("multipart/mixed")) {
			delivered = DeliveredResult.ofMultipart(response.body());
			count(outcomes, "delivered");
		}
		else {
			assertThat(response.header("Content-Type")).isEqualTo(GRAPHQL_RESPONSE + ";charset=utf-8");
		}
		JsonNode json = (delivered != null) ? delivered.result() : response.json();
		this.checker.checkMembers(json);
		List<String> codes = ResponseValidator.codes(json);
		assertThat(codes).as("%s", response).doesNotContain("INTERNAL_SERVER_ERROR");
		assertThat(response.status()).as("%s", response).isEqualTo(json.has("data") ? 200 : 400);
		codes.stream().distinct().forEach((code) -> count(outcomes, code));
		count(outcomes, json.has("data") ? (json.get("data").isNull() ? "null" : "data") : "no data");
		if (json.has("data")) {
			Document document = operation.broken() ? validated(operation)
					: new Parser().parseDocument(operation.document());
			if (delivered == null || !delivered.isFailed()) {
				this.checker.check(document, operation.operationName(), operation.variables(), onError,
						delivered == null, json);
			}
		}
		else if (!operation.broken()) {
			assertThat(codes).as("%s", response)
				.allMatch((code) -> code.equals("OPERATION_TOO_COMPLEX") || code.equals("BAD_USER_INPUT"));
		}
	}

	/**
	 * Validates the document of a broken operation that was executed: it has to be valid
	 * nevertheless, such as with a misplaced text that is a description.
	 */
	private Document validated(GeneratedOperation operation) {
		ParseAndValidateResult valid = ParseAndValidate.parseAndValidate(this.schema,
				ExecutionInput.newExecutionInput(PreparedDocuments.parseable(operation.document()))
					.locale(Locale.ENGLISH)
					.build());
		assertThat(valid.isFailure()).as(operation.document()).isFalse();
		return valid.getDocument();
	}

	private static void count(Map<String, AtomicInteger> outcomes, String outcome) {
		outcomes.computeIfAbsent(outcome, (key) -> new AtomicInteger()).incrementAndGet();
	}

	/** Malformed JSON, other JSON than a request, and invalid UTF-8. */
	@Test
	void randomBytesAreRefusedAsInvalidRequests() {
		long seed = Long.getLong("fuzz.seed", ThreadLocalRandom.current().nextLong(1L << 40));
		SplittableRandom random = new SplittableRandom(seed);
		byte[] valid = "{\"query\":\"query ($a: ID!) { node(id: $a) { id } }\",\"variables\":{\"a\":\"own_1\"},\"extensions\":{}}"
			.getBytes(StandardCharsets.UTF_8);
		for (int i = 0; i < 500; i++) {
			byte[] body = valid.clone();
			for (int j = 0; j <= random.nextInt(3); j++) {
				body[random.nextInt(body.length)] = (byte) random.nextInt(256);
			}
			Api.Response response = this.api.post(body, Map.of());
			assertThat(response.status()).as("-Dfuzz.seed=%d: %s", seed, response).isIn(200, 400);
			this.checker.checkMembers(response.json());
			assertThat(response.codes()).as("-Dfuzz.seed=%d: %s", seed, response)
				.doesNotContain("INTERNAL_SERVER_ERROR");
		}
	}

}
