import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The load from which {@code bin/make-start-cache} records the AOT cache: one account sends operations for some seconds, and
 * is deleted at the end. Its password is in the environment.
 */
final class Load {

	/** More than a small machine has processors, so that requests queue. */
	private static final int CLIENTS = 8;

	private static final String OWNER_WITH_DOGS = """
			{"query": "mutation ($input: CreateOwnerInput!) { createOwner(input: $input) { owner { id name dogs { nodes { id } } } } }",
			 "variables": {"input": {"name": "Owner %d", "dogs": [{"name": "Ada", "breed": "Border Collie", "birthDate": "2020-02-29"},
			   {"name": "Bo"}, {"name": "Cy"}, {"name": "Di"}, {"name": "Ed"}]}}}""";

	private final HttpClient client = HttpClient.newHttpClient();

	private final String url;

	private volatile String token = "";

	/** Set at SIGTERM; the account is deleted even then. */
	private volatile boolean ended;

	private Load(String url) {
		this.url = url;
	}

	public static void main(String[] args) throws Exception {
		new Load(args[0]).run(Duration.ofSeconds(Long.parseLong(args[1])), System.getenv("PASSWORD"));
	}

	private void run(Duration duration, String password) throws Exception {
		String name = "load" + System.currentTimeMillis();
		String signedUp = expect("accessToken", """
				{"query": "mutation ($input: SignupInput!) { signup(input: $input) { accessToken user { id username } } }",
				 "variables": {"input": {"username": "%s", "email": "%1$s@example.com", "password": "%s"}}}"""
			.formatted(name, password));
		this.token = find("\"accessToken\":\"([^\"]*)\"", signedUp);
		Thread main = Thread.currentThread();
		Runtime.getRuntime().addShutdownHook(new Thread(() -> {
			this.ended = true;
			try {
				main.join(Duration.ofSeconds(20));
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}));
		try {
			String made = "";
			for (int i = 0; i < 250 && !this.ended; i++) {
				made = expect("\"owner\"", OWNER_WITH_DOGS.formatted(i));
			}
			String owner = find("\"id\":\"(own_\\w+)\"", made);
			String dog = find("\"id\":\"(dog_\\w+)\"", made);
			String page = expect("endCursor", """
					{"query": "{ myOwners(first: 100) { pageInfo { endCursor } } }"}""");
			List<String> operations = operations(owner, dog, find("\"endCursor\":\"([^\"]*)\"", page));
			long end = System.nanoTime() + duration.toNanos();
			try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
				List<Future<?>> running = new ArrayList<>();
				for (int i = 0; i < CLIENTS; i++) {
					int first = i;
					running.add(clients.submit(() -> {
						for (int n = first; System.nanoTime() < end && !this.ended; n++) {
							send(operations.get(n % operations.size()));
						}
						return null;
					}));
				}
				for (Future<?> one : running) {
					one.get();
				}
			}
			String again = expect("accessToken", """
					{"query": "mutation ($input: LoginInput!) { login(input: $input) { accessToken refreshToken expiresAt } }",
					 "variables": {"input": {"username": "%s", "password": "%s"}}}""".formatted(name, password));
			expect("accessToken", """
					{"query": "mutation ($input: RefreshSessionInput) { refreshSession(input: $input) { accessToken } }",
					 "variables": {"input": {"refreshToken": "%s"}}}"""
				.formatted(find("\"refreshToken\":\"([^\"]*)\"", again)));
			this.token = find("\"accessToken\":\"([^\"]*)\"", again);
		}
		finally {
			expect("deletedUserId", """
					{"query": "mutation { deleteMe(input: {password: \\"%s\\"}) { deletedUserId } }"}""".formatted(password));
		}
	}

	/** Mostly reads, and of these mostly large responses; some writes; and some failures. */
	private static List<String> operations(String owner, String dog, String cursor) {
		List<String> all = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			all.add("""
					{"query": "query Flat($first: Int!) { myOwners(first: $first) { nodes { id name } } }", "variables": {"first": 20}}""");
			all.add("""
					{"query": "query Nested($first: Int!) { myOwners(first: $first) { nodes { id name dogs(first: 5) { nodes { id name } } } } }",
					 "variables": {"first": 20}}""");
			all.add("""
					{"query": "mutation ($input: CreateDogInput!) { createDog(input: $input) { dog { id name owner { id } } } }",
					 "variables": {"input": {"ownerId": "%s", "name": "Rex", "breed": "Border Collie"}}}""".formatted(owner));
		}
		all.add("""
				{"query": "{ myOwners(first: 200) { nodes { id name dogs(first: 5) { nodes { id name } } } } }"}""");
		all.add("""
				{"query": "query ($after: String) { myOwners(first: 20, after: $after) { totalCount edges { cursor node { id name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }",
				 "variables": {"after": "%s"}}""".formatted(cursor));
		all.add("""
				{"query": "{ myDogs(last: 20, filter: {breed: {contains: \\"collie\\"}}, orderBy: {field: BIRTH_DATE, direction: DESC}) { totalCount nodes { name breed birthDate createdAt owner { name user { username } } } } }"}""");
		all.add("""
				{"query": "{ me { id username email owners(first: 5, orderBy: {field: NAME}) { nodes { name createdAt updatedAt } } dogs(first: 5) { nodes { name } } } a: owner(id: \\"%s\\") { ...named } dog(id: \\"%s\\") { name owner { ...named } } } fragment named on Owner { id name }"}"""
			.formatted(owner, dog));
		all.add("""
				{"query": "query ($with: Boolean!) { node(id: \\"%s\\") { __typename id ... on Dog { name breed @include(if: $with) } } }", "variables": {"with": true}}"""
			.formatted(dog));
		all.add("""
				{"query": "mutation { updateOwner(input: {id: \\"%s\\", name: \\"Björn\\"}) { owner { name } } updateDog(input: {id: \\"%s\\", breed: null}) { dog { breed } } }"}"""
			.formatted(owner, dog));
		all.add("""
				{"query": "mutation { createOwner(input: {name: \\" \\"}) { owner { id } } }"}""");
		all.add("""
				{"query": "{ owner(id: \\"own_00000000000000000000000000\\") { name } dog(id: \\"nonsense\\") { name } }"}""");
		all.add("""
				{"query": "{ nothing }"}""");
		all.add("""
				{"query": "{ myOwners("}""");
		return all;
	}

	private String send(String body) throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(this.url + "/graphql"))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body));
		if (!this.token.isEmpty()) {
			request.header("Authorization", "Bearer " + this.token);
		}
		return this.client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
	}

	private String expect(String part, String body) throws Exception {
		String response = send(body);
		if (!response.contains(part)) {
			throw new IllegalStateException("The response to " + body + " is " + response);
		}
		return response;
	}

	private static String find(String pattern, String text) {
		Matcher matcher = Pattern.compile(pattern).matcher(text);
		if (!matcher.find()) {
			throw new IllegalStateException("There is no " + pattern + " in " + text);
		}
		return matcher.group(1);
	}

}
