package dev.kennel.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
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

	/** The password of every account of {@link #signUp()}. */
	public static final String PASSWORD = "correct horse battery staple";

	private static final JsonMapper JSON = new JsonMapper();

	private static final HttpClient HTTP = HttpClient.newHttpClient();

	private final @Nullable Environment environment;

	private final int port;

	private final @Nullable String token;

	private final Map<String, String> headers;

	/**
	 * Creates a client of the service that tests share.
	 * @param environment has the service's port once it listens
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
	 * Creates a client of another instance.
	 * @param port the port of the instance
	 * @return the client, signed out
	 */
	public static Api at(int port) {
		return new Api(null, port, null, Map.of());
	}

	/**
	 * Returns the URL of a path.
	 * @param path the path
	 * @return the URL
	 */
	public URI uri(String path) {
		String used = (this.environment != null) ? this.environment.getRequiredProperty("local.server.port")
				: String.valueOf(this.port);
		return URI.create("http://localhost:" + used + path);
	}

	/**
	 * Returns the same client with another token.
	 * @param accessToken the token, or null to sign out
	 * @return the client
	 */
	public Api withToken(@Nullable String accessToken) {
		return new Api(this.environment, this.port, accessToken, this.headers);
	}

	/**
	 * Returns the same client with additional headers.
	 * @param more the headers, which take precedence over those that are sent anyway
	 * @return the client
	 */
	public Api withHeaders(Map<String, String> more) {
		Map<String, String> all = new HashMap<>(this.headers);
		all.putAll(more);
		return new Api(this.environment, this.port, this.token, all);
	}

	/**
	 * Returns the same client with another address: the service trusts the tests as a
	 * proxy.
	 * @param address the IP address
	 * @return the client
	 */
	public Api from(String address) {
		return withHeaders(Map.of("X-Forwarded-For", address));
	}

	/**
	 * Returns the access token.
	 * @return the access token
	 */
	public String token() {
		if (this.token == null) {
			throw new IllegalStateException("Signed out");
		}
		return this.token;
	}

	/**
	 * Signs up a new account.
	 * @return a client that is signed in
	 */
	public Api signUp() {
		return signUp("u" + UUID.randomUUID().toString().replace("-", "").substring(0, 24));
	}

	/**
	 * Signs up an account.
	 * @param username the username
	 * @return a client that is signed in
	 */
	public Api signUp(String username) {
		Response response = execute("mutation ($input: SignupInput!) { signup(input: $input) { accessToken } }", Map
			.of("input", Map.of("username", username, "email", username + "@example.com", "password", PASSWORD)));
		return withToken(response.text("/signup/accessToken"));
	}

	/**
	 * Logs in.
	 * @param username the username
	 * @param password the password
	 * @return the response, with the access token
	 */
	public Response login(String username, String password) {
		return execute("mutation ($input: LoginInput!) { login(input: $input) { accessToken } }",
				Map.of("input", Map.of("username", username, "password", password)));
	}

	/**
	 * Requests the mail for a password reset.
	 * @param email the address of the account
	 * @return the response
	 */
	public Response requestPasswordReset(String email) {
		return execute("""
				mutation ($input: RequestPasswordResetInput!) {
				  requestPasswordReset(input: $input) { success }
				}""", Map.of("input", Map.of("email", email)));
	}

	/**
	 * Creates an owner.
	 * @param name the owner's name
	 * @return the owner's id
	 */
	public String createOwner(String name) {
		return execute("mutation ($input: CreateOwnerInput!) { createOwner(input: $input) { owner { id } } }",
				Map.of("input", Map.of("name", name)))
			.text("/createOwner/owner/id");
	}

	/**
	 * Creates a dog.
	 * @param ownerId the owner's id
	 * @param name the dog's name
	 * @return the dog's id
	 */
	public String createDog(String ownerId, String name) {
		return createDog(Map.of("ownerId", ownerId, "name", name));
	}

	/**
	 * Creates a dog.
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
	 * @return the response
	 */
	public Response execute(String document) {
		return execute(document, Map.of());
	}

	/**
	 * Sends an operation.
	 * @param document the document
	 * @param variables its variables
	 * @return the response
	 */
	public Response execute(String document, Map<String, ?> variables) {
		return execute(document, variables, Map.of());
	}

	/**
	 * Sends an operation.
	 * @param document the document
	 * @param variables its variables
	 * @param headers additional headers, which take precedence over those that are sent
	 * anyway
	 * @return the response
	 */
	public Response execute(String document, Map<String, ?> variables, Map<String, String> headers) {
		Map<String, Object> body = new HashMap<>();
		body.put("query", document);
		body.put("variables", variables);
		return post(JSON.writeValueAsBytes(body), headers);
	}

	/**
	 * Sends a body as it is.
	 * @param body the body
	 * @param headers additional headers, which take precedence over those that are sent
	 * anyway
	 * @return the response
	 */
	public Response post(byte[] body, Map<String, String> headers) {
		return send("POST", "/graphql", body, headers);
	}

	/**
	 * Sends any request.
	 * @param method the HTTP method
	 * @param path the path and query
	 * @param body the body
	 * @param headers additional headers, which take precedence over those that are sent
	 * anyway
	 * @return the response
	 */
	public Response send(String method, String path, byte[] body, Map<String, String> headers) {
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
			return new Response(HTTP.send(request.build(), BodyHandlers.ofByteArray()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/** Begins an operation, and disconnects before its body is complete. */
	public void abort() {
		StringBuilder request = new StringBuilder("POST /graphql HTTP/1.1\r\nHost: kennel\r\nContent-Length: 100\r\n")
			.append("Content-Type: application/json\r\n");
		this.headers.forEach((name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
		try (Socket socket = new Socket("localhost", uri("").getPort())) {
			socket.getOutputStream().write(request.append("\r\n{").toString().getBytes(StandardCharsets.US_ASCII));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** A response of the service. */
	public static final class Response {

		private final HttpResponse<byte[]> response;

		Response(HttpResponse<byte[]> response) {
			this.response = response;
		}

		/**
		 * Returns the HTTP status.
		 * @return the status
		 */
		public int status() {
			return this.response.statusCode();
		}

		/**
		 * Returns a header.
		 * @param name its name
		 * @return the value, or an empty string
		 */
		public String header(String name) {
			return this.response.headers().firstValue(name).orElse("");
		}

		/**
		 * Returns all values of a header.
		 * @param name its name
		 * @return the values
		 */
		public List<String> headers(String name) {
			return this.response.headers().allValues(name);
		}

		/**
		 * Returns the body as text.
		 * @return the text
		 */
		public String body() {
			return new String(this.response.body(), StandardCharsets.UTF_8);
		}

		/**
		 * Returns the body as JSON.
		 * @return the JSON
		 */
		public JsonNode json() {
			return JSON.readTree(this.response.body());
		}

		/**
		 * Returns the data of an operation without errors.
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
		 * Returns a string in the data of an operation without errors.
		 * @param pointer the JSON pointer from {@code data} on
		 * @return the string
		 */
		public String text(String pointer) {
			return data().at(pointer).asString();
		}

		/**
		 * Returns the strings in a list in the data of an operation without errors.
		 * @param list the JSON pointer of the list, from {@code data} on
		 * @param member the member of each element
		 * @return the strings; null for one that is null
		 */
		public List<@Nullable String> texts(String list, String member) {
			return StreamSupport.stream(data().at(list).spliterator(), false)
				.<@Nullable String>map(
						(element) -> element.get(member).isNull() ? null : element.get(member).asString())
				.toList();
		}

		/**
		 * Returns the codes of the errors.
		 * @return {@code extensions.code} of each
		 */
		public List<String> codes() {
			return StreamSupport.stream(json().path("errors").spliterator(), false)
				.map((error) -> error.at("/extensions/code").asString())
				.toList();
		}

		/**
		 * Returns the codes and reasons of the errors.
		 * @return {@code extensions.code} and {@code extensions.reason} of each, such as
		 * {@code UNAUTHENTICATED TOKEN_EXPIRED}
		 */
		public List<String> reasons() {
			return StreamSupport.stream(json().path("errors").spliterator(), false)
				.map((error) -> error.at("/extensions/code").asString() + " "
						+ error.at("/extensions/reason").asString())
				.toList();
		}

		/**
		 * Returns the violations of the first error.
		 * @return the path, from the argument on with dots, and the code of each, such as
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
