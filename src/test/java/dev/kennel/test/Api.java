package dev.kennel.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;

/** A client of the service, signed out or signed in. */
public class Api {

	/** The password of every account that {@link #signUp()} makes. */
	public static final String PASSWORD = "correct horse battery staple";

	private static final JsonMapper JSON = new JsonMapper();

	private static final HttpClient HTTP = HttpClient.newHttpClient();

	private final @Nullable Environment environment;

	private final int port;

	private final @Nullable String token;

	private final Map<String, String> headers;

	/**
	 * A client of the service that the test runs with.
	 * @param environment knows its port once it listens
	 */
	@Autowired
	public Api(Environment environment) {
		this(environment, 0, null, Map.of());
	}

	private Api(@Nullable Environment environment, int port, @Nullable String token, Map<String, String> headers) {
		this.environment = environment;
		this.port = port;
		this.token = token;
		this.headers = headers;
	}

	/**
	 * A client of another instance.
	 * @param port the port that it listens on
	 * @return the client, signed out
	 */
	public static Api at(int port) {
		return new Api(null, port, null, Map.of());
	}

	/**
	 * Answers where the service is.
	 * @param path a path
	 * @return its URL
	 */
	public URI uri(String path) {
		String used = (this.environment != null) ? this.environment.getRequiredProperty("local.server.port")
				: String.valueOf(this.port);
		return URI.create("http://localhost:" + used + path);
	}

	/**
	 * The same client with another token.
	 * @param accessToken the token, or null to sign out
	 * @return the client
	 */
	public Api withToken(@Nullable String accessToken) {
		return new Api(this.environment, this.port, accessToken, this.headers);
	}

	/**
	 * The same client with further headers.
	 * @param more headers beside, or instead of, those that are sent anyway
	 * @return the client
	 */
	public Api withHeaders(Map<String, String> more) {
		Map<String, String> all = new HashMap<>(this.headers);
		all.putAll(more);
		return new Api(this.environment, this.port, this.token, all);
	}

	/**
	 * The same client at another address: the tests trust themselves as a proxy.
	 * @param address the IP address
	 * @return the client
	 */
	public Api from(String address) {
		return withHeaders(Map.of("X-Forwarded-For", address));
	}

	/**
	 * Answers the token that is sent.
	 * @return the access token
	 */
	public String token() {
		if (this.token == null) {
			throw new IllegalStateException("Signed out");
		}
		return this.token;
	}

	/**
	 * Signs a new account up.
	 * @return a client that is signed in
	 */
	public Api signUp() {
		return signUp("u" + UUID.randomUUID().toString().replace("-", "").substring(0, 24));
	}

	/**
	 * Signs an account of a name up.
	 * @param username the name
	 * @return a client that is signed in
	 */
	public Api signUp(String username) {
		Answer answer = execute("mutation ($input: SignupInput!) { signup(input: $input) { accessToken } }", Map
			.of("input", Map.of("username", username, "email", username + "@example.com", "password", PASSWORD)));
		return withToken(answer.text("/signup/accessToken"));
	}

	/**
	 * Logs in.
	 * @param username the name
	 * @param password the password
	 * @return the answer, with the access token
	 */
	public Answer login(String username, String password) {
		return execute("mutation ($input: LoginInput!) { login(input: $input) { accessToken } }",
				Map.of("input", Map.of("username", username, "password", password)));
	}

	/**
	 * Requests the mail with which a password is set anew.
	 * @param email the address of the account
	 * @return the answer
	 */
	public Answer requestPasswordReset(String email) {
		return execute("""
				mutation ($input: RequestPasswordResetInput!) {
				  requestPasswordReset(input: $input) { success }
				}""", Map.of("input", Map.of("email", email)));
	}

	/**
	 * Adds an owner.
	 * @param name the owner's name
	 * @return the owner's id
	 */
	public String createOwner(String name) {
		return execute("mutation ($input: CreateOwnerInput!) { createOwner(input: $input) { owner { id } } }",
				Map.of("input", Map.of("name", name)))
			.text("/createOwner/owner/id");
	}

	/**
	 * Adds a dog.
	 * @param ownerId the owner's id
	 * @param name the dog's name
	 * @return the dog's id
	 */
	public String createDog(String ownerId, String name) {
		return createDog(Map.of("ownerId", ownerId, "name", name));
	}

	/**
	 * Adds a dog.
	 * @param input the whole input
	 * @return the dog's id
	 */
	public String createDog(Map<String, ?> input) {
		return execute("mutation ($input: CreateDogInput!) { createDog(input: $input) { dog { id } } }",
				Map.of("input", input))
			.text("/createDog/dog/id");
	}

	/**
	 * Sends an operation without variables.
	 * @param document the document
	 * @return the answer
	 */
	public Answer execute(String document) {
		return execute(document, Map.of());
	}

	/**
	 * Sends an operation.
	 * @param document the document
	 * @param variables its variables
	 * @return the answer
	 */
	public Answer execute(String document, Map<String, ?> variables) {
		return execute(document, variables, Map.of());
	}

	/**
	 * Sends an operation.
	 * @param document the document
	 * @param variables its variables
	 * @param headers headers beside, or instead of, those that a client sends anyway
	 * @return the answer
	 */
	public Answer execute(String document, Map<String, ?> variables, Map<String, String> headers) {
		Map<String, Object> body = new HashMap<>();
		body.put("query", document);
		body.put("variables", variables);
		return post(JSON.writeValueAsBytes(body), headers);
	}

	/**
	 * Sends a body as it is.
	 * @param body the body
	 * @param headers headers beside, or instead of, those that a client sends anyway
	 * @return the answer
	 */
	public Answer post(byte[] body, Map<String, String> headers) {
		return send("POST", "/graphql", body, headers);
	}

	/**
	 * Sends any request.
	 * @param method the HTTP method
	 * @param path the path and query
	 * @param body the body
	 * @param headers headers beside, or instead of, those that a client sends anyway
	 * @return the answer
	 */
	public Answer send(String method, String path, byte[] body, Map<String, String> headers) {
		Map<String, String> all = new HashMap<>();
		all.put("Content-Type", "application/json");
		all.put("Accept", "application/graphql-response+json");
		if (this.token != null) {
			all.put("Authorization", "Bearer " + this.token);
		}
		all.putAll(this.headers);
		all.putAll(headers);
		HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
			.method(method, BodyPublishers.ofByteArray(body));
		all.forEach(request::header);
		try {
			return new Answer(HTTP.send(request.build(), BodyHandlers.ofByteArray()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/** An answer of the service. */
	public static final class Answer {

		private final HttpResponse<byte[]> response;

		Answer(HttpResponse<byte[]> response) {
			this.response = response;
		}

		/**
		 * Answers the HTTP status.
		 * @return the status
		 */
		public int status() {
			return this.response.statusCode();
		}

		/**
		 * Answers a header.
		 * @param name its name
		 * @return the value, or an empty text
		 */
		public String header(String name) {
			return this.response.headers().firstValue(name).orElse("");
		}

		/**
		 * Answers all values of a header.
		 * @param name its name
		 * @return the values
		 */
		public List<String> headers(String name) {
			return this.response.headers().allValues(name);
		}

		/**
		 * Answers the body as it is.
		 * @return the text
		 */
		public String body() {
			return new String(this.response.body(), StandardCharsets.UTF_8);
		}

		/**
		 * Answers the body.
		 * @return the JSON
		 */
		public JsonNode json() {
			return JSON.readTree(this.response.body());
		}

		/**
		 * Answers the data of an operation that has no errors.
		 * @return the member {@code data}
		 * @throws AssertionError if there are errors
		 */
		public JsonNode data() {
			JsonNode json = json();
			if (json.has("errors") || status() != 200) {
				throw new AssertionError(status() + " " + json);
			}
			return json.get("data");
		}

		/**
		 * Answers a text in the data of an operation that has no errors.
		 * @param pointer the JSON pointer from {@code data} on
		 * @return the text
		 */
		public String text(String pointer) {
			return data().at(pointer).asString();
		}

		/**
		 * Answers the texts in a list in the data of an operation that has no errors.
		 * @param list the JSON pointer of the list, from {@code data} on
		 * @param member the member of each element
		 * @return the texts; null for one that is null
		 */
		public List<@Nullable String> texts(String list, String member) {
			return StreamSupport.stream(data().at(list).spliterator(), false)
				.<@Nullable String>map(
						(element) -> element.get(member).isNull() ? null : element.get(member).asString())
				.toList();
		}

		/**
		 * Answers the errors' codes.
		 * @return {@code extensions.code} of each
		 */
		public List<String> codes() {
			return StreamSupport.stream(json().path("errors").spliterator(), false)
				.map((error) -> error.at("/extensions/code").asString())
				.toList();
		}

		/**
		 * Answers the errors' reasons.
		 * @return {@code extensions.code} and {@code extensions.reason} of each, as
		 * {@code UNAUTHENTICATED TOKEN_EXPIRED}
		 */
		public List<String> reasons() {
			return StreamSupport.stream(json().path("errors").spliterator(), false)
				.map((error) -> error.at("/extensions/code").asString() + " "
						+ error.at("/extensions/reason").asString())
				.toList();
		}

		/**
		 * Answers the violations of the first error.
		 * @return each as its path, from the argument on with dots, and its code, as
		 * {@code input.name LENGTH}
		 */
		public List<String> violations() {
			return StreamSupport.stream(json().at("/errors/0/extensions/violations").spliterator(), false)
				.map((violation) -> String.join(".",
						StreamSupport.stream(violation.get("path").spliterator(), false)
							.map(JsonNode::asString)
							.toList())
						+ " " + violation.get("code").asString())
				.toList();
		}

		@Override
		public String toString() {
			return status() + " " + body();
		}

	}

}
