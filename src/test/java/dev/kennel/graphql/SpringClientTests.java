package dev.kennel.graphql;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.graphql.client.ClientGraphQlResponse;
import org.springframework.graphql.client.GraphQlClient;
import org.springframework.graphql.client.GraphQlTransportException;
import org.springframework.graphql.client.HttpGraphQlClient;
import org.springframework.graphql.client.WebSocketGraphQlClient;
import org.springframework.graphql.client.WebSocketGraphQlClientInterceptor;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.socket.client.ReactorNettyWebSocketClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Spring's GraphQL clients over HTTP and WebSocket. */
@KennelTest
class SpringClientTests {

	/** Longer than any operation takes that does not hang. */
	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final String CREATE = "mutation Create($input: CreateOwnerInput!) "
			+ "{ createOwner(input: $input) { owner { name } } }";

	private static final String CHANGES = "subscription Changes($after: String) "
			+ "{ myChanges(after: $after) { node { ... on Owner { name } } } }";

	private final Api api;

	SpringClientTests(Api api) {
		this.api = api;
	}

	/** The selected fields of an owner. */
	record Owner(String name) {
	}

	private HttpGraphQlClient http(Api account) {
		return HttpGraphQlClient
			.builder(WebClient.builder()
				.clientConnector(new JdkClientHttpConnector())
				.baseUrl(this.api.uri("/graphql").toString())
				.build())
			.header("Authorization", "Bearer " + account.token())
			.build();
	}

	private WebSocketGraphQlClient webSocket(String authorization) {
		URI uri = URI.create(this.api.uri("/graphql").toString().replaceFirst("^http", "ws"));
		return WebSocketGraphQlClient.builder(uri, new ReactorNettyWebSocketClient())
			.interceptor(new WebSocketGraphQlClientInterceptor() {

				@Override
				public Mono<Object> connectionInitPayload() {
					return Mono.just(Map.of("Authorization", authorization));
				}

			})
			.build();
	}

	private static String name(GraphQlClient client, String name) {
		String created = client.document(CREATE)
			.operationName("Create")
			.variable("input", Map.of("name", name))
			.retrieve("createOwner.owner.name")
			.toEntity(String.class)
			.block(TIMEOUT);
		return String.valueOf(created);
	}

	private static void assertQueryAndMutation(GraphQlClient client) {
		assertThat(name(client, "Ann")).isEqualTo("Ann");
		assertThat(client.document("{ myOwners { nodes { name } } }")
			.retrieve("myOwners.nodes")
			.toEntityList(Owner.class)
			.block(TIMEOUT)).containsExactly(new Owner("Ann"));
		ClientGraphQlResponse refused = client.document(CREATE)
			.variable("input", Map.of("name", ""))
			.execute()
			.block(TIMEOUT);
		assertThat(refused).isNotNull();
		assertThat(refused.field("createOwner").getErrors()).singleElement()
			.satisfies((error) -> assertThat(error.getExtensions()).containsEntry("code", "BAD_USER_INPUT"));
	}

	private static void assertSubscription(GraphQlClient client, Api account) {
		String after = account.execute("{ myChangesCursor }").text("/myChangesCursor");
		List.of("Bob", "Cid").forEach(account::createOwner);
		Flux<String> names = client.document(CHANGES)
			.variable("after", after)
			.retrieveSubscription("myChanges.node.name")
			.toEntity(String.class);
		assertThat(names.take(2).collectList().block(TIMEOUT)).containsExactly("Bob", "Cid");
	}

	@Test
	void httpClientQueriesMutatesAndSubscribes() {
		Api account = this.api.signUp();
		assertQueryAndMutation(http(account));
		assertSubscription(http(account), account);
	}

	@Test
	void webSocketClientQueriesMutatesAndSubscribesOnOneConnection() {
		Api account = this.api.signUp();
		WebSocketGraphQlClient client = webSocket("Bearer " + account.token());
		client.start().block(TIMEOUT);

		assertQueryAndMutation(client);
		assertSubscription(client, account);

		client.stop().block(TIMEOUT);
	}

	@Test
	void webSocketClientReceivesTheReasonOfARefusedToken() {
		WebSocketGraphQlClient client = webSocket("Bearer nonsense");

		assertThatExceptionOfType(GraphQlTransportException.class)
			.isThrownBy(() -> client.document("{ __typename }").execute().block(TIMEOUT))
			.withMessageContaining("[code=4403, reason=TOKEN_INVALID: The access token is not valid.]");
	}

}
