package dev.kennel.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import dev.kennel.database.pipeline.PipelinedClient;
import dev.kennel.emaillogin.MailedLogin;
import dev.kennel.factor.Authenticator;
import dev.kennel.paging.TestFeedVersions;
import dev.kennel.passkey.SoftwareAuthenticator;
import dev.kennel.test.Api;
import dev.kennel.test.HeldRow;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import dev.kennel.test.SqlRecorder;
import dev.kennel.test.TestMail;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.graphql.execution.GraphQlSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each statement of the service has one shard, if tables are distributed by account as
 * {@code deploy/citus/distribute.sql} does, or is on the list in docs/scale.md with its
 * cost. The statements are those of all root fields and of all background tasks, which
 * are executed here, and of whatever else this JVM has executed before.
 */
@KennelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StatementShardTests {

	/** The one statement with row locks on several accounts; Citus gets it once. */
	private static final Pattern GROUPED = Pattern.compile("WITH locked AS \\(.*SKIP LOCKED.*");

	private final Api api;

	private final JdbcClient jdbc;

	private final DataSource dataSource;

	private final PipelinedClient client;

	private final GraphQLSchema schema;

	private final List<ScheduledTaskHolder> tasks;

	/** The documents of all requests. */
	private final List<String> documents = new CopyOnWriteArrayList<>();

	private final String name = "x" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private Api ann;

	private Map<String, ShardedStatement> statements = Map.of();

	StatementShardTests(Api api, JdbcClient jdbc, DataSource dataSource, PipelinedClient client, GraphQlSource source,
			List<ScheduledTaskHolder> tasks) {
		this.api = api;
		this.jdbc = jdbc;
		this.dataSource = dataSource;
		this.client = client;
		this.schema = source.schema();
		this.tasks = tasks;
		this.ann = api;
	}

	private Api.Response execute(Api client, String document, Map<String, ?> variables) {
		this.documents.add(document);
		Api.Response response = client.execute(document, variables,
				Map.of("Idempotency-Key", UUID.randomUUID().toString()));
		response.data();
		return response;
	}

	private Api.Response mutate(Api client, String field, Map<String, ?> input, String selection) {
		String type = Character.toUpperCase(field.charAt(0)) + field.substring(1) + "Input";
		return execute(client,
				"mutation ($input: " + type + "!) { " + field + "(input: $input) { " + selection + " } }",
				Map.of("input", input));
	}

	@BeforeAll
	void executeAllRootFieldsAndTasks() throws SQLException {
		String email = this.name + "@example.com";
		Api.Response signup = mutate(this.api, "signup",
				Map.of("username", this.name, "email", email, "password", Api.PASSWORD), "accessToken refreshToken");
		this.ann = this.api.withToken(signup.text("/signup/accessToken"));
		writeOwnersAndDogs();
		readOwnersAndDogs();
		useSessions(signup.text("/signup/refreshToken"));
		useMails(email);
		useSecondFactor();
		usePasskeys();
		useEmailLogin(email);
		executeTasks();
		// As with a replica.
		assertThat(TestFeedVersions.read(this.client, UUID.randomUUID())).isZero();
		writeAsGroup("createOwner", "createOwner(input: {name: $name}) { owner { id } }", "owners");
		writeAsGroup("createDog", "createDog(input: {ownerId: $owner, name: $name}) { dog { id } }", "dogs");
		mutate(this.ann, "deleteMe", Map.of("password", Api.PASSWORD), "deletedUserId");
		TestMail.await(() -> this.jdbc.sql("SELECT count(*)::int FROM users WHERE deleted_at IS NOT NULL")
			.query(Integer.class)
			.single(), (deleted) -> deleted == 0);
		Set<String> distributed = Set.copyOf(
				this.jdbc
					.sql("SELECT table_name::text FROM information_schema.columns "
							+ "WHERE table_schema = 'public' AND column_name = 'user_id'")
					.query(String.class)
					.list());
		assertThat(distributed).contains("dogs", "owners", "changes", "change_versions", "sessions");
		this.statements = new TreeMap<>(SqlRecorder.all()
			.stream()
			.filter((sql) -> sql.matches("(?is)\\(?(select|insert|update|delete|with)\\b.*"))
			.filter((sql) -> distributed.stream().anyMatch(sql::contains))
			.collect(Collectors.toMap((sql) -> sql, (sql) -> ShardedStatement.of(sql, distributed))));
	}

	private void writeOwnersAndDogs() {
		String owner = mutate(this.ann, "createOwner", Map.of("name", "Ann"), "owner { id }")
			.text("/createOwner/owner/id");
		String other = mutate(this.ann, "createOwner", Map.of("name", "Bob", "dogs", List.of(Map.of("name", "Rex"))),
				"owner { id dogs { totalCount } }")
			.text("/createOwner/owner/id");
		mutate(this.ann, "updateOwner", Map.of("id", owner, "name", "Anna"), "owner { id }");
		String cursor = execute(this.ann, "{ myChangesCursor }", Map.of()).text("/myChangesCursor");
		String dog = mutate(this.ann, "createDog", Map.of("ownerId", owner, "name", "Bello"),
				"dog { id owner { name } }")
			.text("/createDog/dog/id");
		String subscription = "subscription ($after: String) { myChanges(after: $after) { cursor node { ... on Dog { name owner { name } } } } }";
		this.documents.add(subscription);
		try (LiveClient live = LiveClient.webSocket(this.ann, subscription, Map.of("after", cursor))) {
			assertThat(live.next().type()).isEqualTo("next");
			TestMail.await(SqlRecorder::all,
					(all) -> all.stream().anyMatch((sql) -> sql.contains("FROM change_versions WHERE user_id = ANY")));
		}
		mutate(this.ann, "updateDog", Map.of("id", dog, "ownerId", other, "breed", "Pug"), "dog { id owner { name } }");
		mutate(this.ann, "updateDog", Map.of("id", dog), "dog { id owner { name } }");
		String third = mutate(this.ann, "createDog", Map.of("ownerId", owner, "name", "Cy"), "dog { id }")
			.text("/createDog/dog/id");
		mutate(this.ann, "deleteDog", Map.of("id", third), "deletedDogId owner { id name }");
		mutate(this.ann, "deleteOwner", Map.of("id", other, "withDogs", true), "deletedOwnerId");
	}

	private void readOwnersAndDogs() {
		String owner = this.ann.createOwner("Cleo");
		String dog = this.ann.createDog(owner, "Di");
		String lists = "totalCount pageInfo { hasNextPage hasPreviousPage } nodes { id }";
		execute(this.ann,
				"query ($owner: ID!, $dog: ID!) { me { id sessions { id } owners { totalCount } dogs { totalCount } } "
						+ "owner(id: $owner) { name dogs { " + lists + " } } dog(id: $dog) { name owner { name } } "
						+ "node(id: $owner) { id } nodes(ids: [$owner, $dog]) { id } "
						+ "myOwners(first: 1, orderBy: {field: NAME, direction: DESC}, filter: {dogs: {some: {name: {contains: \"d\"}}}}) { "
						+ lists + " } myDogs(last: 1, orderBy: {field: BIRTH_DATE, direction: ASC}) { " + lists + " } "
						+ "search(text: \"d\") { totalCount nodes { __typename } } dogsByBreed(first: 3) { breed count } }",
				Map.of("owner", owner, "dog", dog));
	}

	private void useSessions(String refreshToken) {
		Api other = this.api
			.withToken(mutate(this.api, "login", Map.of("username", this.name, "password", Api.PASSWORD), "accessToken")
				.text("/login/accessToken"));
		mutate(this.api, "refreshSession", Map.of("refreshToken", refreshToken), "accessToken");
		mutate(this.ann, "reauthenticate", Map.of("password", Api.PASSWORD), "session { id }");
		String session = "";
		for (var one : this.ann.execute("{ me { sessions { id current } } }").data().at("/me/sessions")) {
			session = one.get("current").asBoolean() ? session : one.get("id").asString();
		}
		mutate(this.ann, "revokeSession", Map.of("id", session), "revokedSessionId");
		execute(this.ann, "mutation { revokeOtherSessions { revokedCount } }", Map.of());
		assertThat(other.execute("{ me { id } }").codes()).containsExactly("UNAUTHENTICATED");
		mutate(this.ann, "changePassword", Map.of("currentPassword", Api.PASSWORD, "newPassword", Api.PASSWORD),
				"user { id }");
		Api third = this.api.withToken(this.api.login(this.name, Api.PASSWORD).text("/login/accessToken"));
		execute(third, "mutation { logout { success } }", Map.of());
	}

	private void useMails(String email) {
		execute(this.ann, "mutation { requestEmailVerification { success } }", Map.of());
		mutate(this.api, "verifyEmail", Map.of("token", TestMail.awaitToken(email, 1)), "user { id }");
		String other = "y" + email;
		mutate(this.ann, "updateMe", Map.of("email", other, "currentPassword", Api.PASSWORD), "user { id }");
		execute(this.ann, "mutation { requestEmailVerification { success } }", Map.of());
		mutate(this.api, "verifyEmail", Map.of("token", TestMail.awaitToken(other, 1)), "user { id }");
		mutate(this.api, "restoreEmail", Map.of("token", TestMail.awaitToken(email, 3)), "user { id }");
		mutate(this.api, "requestPasswordReset", Map.of("email", "z" + email), "success");
		TestMail.await(SqlRecorder::all,
				(all) -> all.stream().anyMatch((sql) -> sql.matches(".*FROM former_emails .* LIMIT 1")));
		mutate(this.api, "requestPasswordReset", Map.of("email", email), "success");
		mutate(this.api, "resetPassword", Map.of("token", TestMail.awaitToken(email, 5), "newPassword", Api.PASSWORD),
				"success");
		this.ann = this.api.withToken(this.api.login(this.name, Api.PASSWORD).text("/login/accessToken"));
	}

	private void useSecondFactor() {
		execute(this.ann, "mutation { beginTotp { secret } }", Map.of());
		Authenticator.enrol(this.ann);
		this.documents.add("confirmTotp");
		assertThat(Authenticator.reset(this.jdbc, this.name)).isTrue();
		this.ann = this.api.withToken(this.api.login(this.name, Api.PASSWORD).text("/login/accessToken"));
		Authenticator app = Authenticator.enrol(this.ann);
		Api.Response begun = execute(this.api,
				"mutation ($input: LoginInput!) { beginLogin(input: $input) { ... on LoginChallenge { token } } }",
				Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD)));
		Api other = this.api.withToken(mutate(this.api, "finishLogin",
				Map.of("challenge", begun.text("/beginLogin/token"), "code", app.nextCode()), "accessToken")
			.text("/finishLogin/accessToken"));
		mutate(other, "setSecondFactorPolicy", Map.of("policy", "NEW_DEVICES"), "user { secondFactor { policy } }");
		execute(other, "mutation { replaceRecoveryCodes { recoveryCodes } }", Map.of());
		execute(other, "mutation { disableTotp { user { id } } }", Map.of());
	}

	private void usePasskeys() {
		SoftwareAuthenticator authenticator = new SoftwareAuthenticator();
		String created = authenticator.create(options(this.ann, "beginPasskeyRegistration"));
		String passkey = mutate(this.ann, "finishPasskeyRegistration", Map.of("credential", created), "passkey { id }")
			.text("/finishPasskeyRegistration/passkey/id");
		String proof = authenticator.get(options(this.api, "beginPasskeyLogin"));
		Api other = this.api
			.withToken(mutate(this.api, "finishPasskeyLogin", Map.of("credential", proof), "accessToken")
				.text("/finishPasskeyLogin/accessToken"));
		mutate(other, "reauthenticate",
				Map.of("passkey", authenticator.get(options(other, "beginPasskeyReauthentication"))), "session { id }");
		execute(other, "query ($id: ID!) { me { passkeys { id } } node(id: $id) { id } }", Map.of("id", passkey));
		mutate(other, "renamePasskey", Map.of("id", passkey, "name", "Key"), "passkey { name }");
		mutate(other, "removePasskey", Map.of("id", passkey), "removedPasskeyId");
		// The other sessions have ended.
		this.ann = other;
	}

	private void useEmailLogin(String email) {
		this.jdbc.sql("UPDATE users SET email_verified_at = clock_timestamp() WHERE username = ?")
			.param(this.name)
			.update();
		for (int i = 0; i < 2; i++) {
			String secret = mutate(this.api, "requestEmailLogin", Map.of("email", email), "browserSecret")
				.text("/requestEmailLogin/browserSecret");
			MailedLogin mailed = MailedLogin.await(email, i + 1);
			mutate(this.api, "finishEmailLogin", (i == 0) ? Map.of("browserSecret", secret, "code", mailed.code())
					: Map.of("browserSecret", secret, "token", mailed.token()), "__typename");
		}
	}

	private String options(Api client, String field) {
		return execute(client, "mutation { " + field + " { options } }", Map.of()).text("/" + field + "/options");
	}

	private void executeTasks() {
		List<ScheduledTask> all = this.tasks.stream().flatMap((holder) -> holder.getScheduledTasks().stream()).toList();
		assertThat(all).hasSizeGreaterThan(4);
		all.forEach((task) -> task.getTask().getRunnable().run());
	}

	/**
	 * Inserts a row of a third account while those of two others wait: it is written by
	 * the statement for several accounts.
	 */
	private void writeAsGroup(String field, String selection, String table) throws SQLException {
		List<Api> accounts = new ArrayList<>();
		List<String> names = new ArrayList<>();
		List<String> owners = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			names.add(field + "-" + i + this.name.substring(0, 8));
			accounts.add(this.api.signUp(names.get(i)));
			owners.add(accounts.get(i).createOwner("Owner"));
		}
		String document = "mutation ($name: String!" + (field.equals("createDog") ? ", $owner: ID!" : "") + ") { "
				+ selection + " }";
		String lock = "SELECT 1 FROM change_versions JOIN users ON id = user_id WHERE username = ? FOR UPDATE OF change_versions";
		List<CompletableFuture<Api.Response>> waiting = new ArrayList<>();
		try (HeldRow first = new HeldRow(this.dataSource, lock, names.get(0));
				HeldRow second = new HeldRow(this.dataSource, lock, names.get(1))) {
			for (int i = 0; i < 2; i++) {
				int account = i;
				waiting.add(CompletableFuture.supplyAsync(() -> execute(accounts.get(account), document,
						Map.of("name", "N", "owner", owners.get(account)))));
				first.awaitWaiters("%INSERT INTO " + table + " %", i + 1);
			}
			execute(accounts.get(2), document, Map.of("name", "N", "owner", owners.get(2)));
			accounts.get(2).execute(document, Map.of("name", "N", "owner", owners.get(2))).data();
			first.commit();
			second.commit();
		}
		waiting.forEach(CompletableFuture::join);
	}

	@Test
	void allRootFieldsWereExecuted() {
		List<String> fields = new ArrayList<>();
		for (@Nullable
		GraphQLObjectType type : new GraphQLObjectType[] { this.schema.getQueryType(), this.schema.getMutationType(),
				this.schema.getSubscriptionType() }) {
			fields.addAll(type.getFieldDefinitions().stream().map(GraphQLFieldDefinition::getName).toList());
		}
		fields.removeIf((field) -> field.startsWith("_") || this.documents.stream()
			.anyMatch((document) -> Pattern.compile("\\b" + field + "\\b").matcher(document).find()));

		assertThat(fields).isEmpty();
	}

	/** Returns the patterns of the statements in the table of docs/scale.md. */
	private static List<Pattern> listed() throws IOException {
		return Pattern.compile("^\\| `((?:SELECT|INSERT|UPDATE|DELETE|WITH) [^`]+)` \\|.*\\|.*\\|", Pattern.MULTILINE)
			.matcher(Files.readString(Path.of("docs/scale.md")))
			.results()
			.map((match) -> Pattern.compile(Pattern.quote(match.group(1))
				.replace("<table>", "\\E\\w+\\Q")
				.replace("<column>", "\\E\\w+\\Q")
				.replace("…", "\\E.*\\Q")))
			.toList();
	}

	@Test
	void everyStatementHasOneShardOrIsListedWithItsCost() throws IOException {
		List<Pattern> listed = listed();
		Set<Pattern> used = new HashSet<>();
		List<String> unlisted = new ArrayList<>();
		this.statements.forEach((sql, statement) -> {
			if (!statement.unbound().isEmpty()) {
				List<Pattern> matching = listed.stream().filter((pattern) -> pattern.matcher(sql).matches()).toList();
				used.addAll(matching);
				if (matching.isEmpty()) {
					unlisted.add(statement.unbound() + " in " + sql);
				}
			}
		});

		assertThat(unlisted).isEmpty();
		assertThat(listed).as("No statement matches any more").containsExactlyInAnyOrderElementsOf(used);
		assertThat(this.statements).hasSizeGreaterThan(60);
	}

	/** Citus can't collect rows without columns from several shards (42601). */
	@Test
	void statementWithSeveralShardsSelectsColumns() {
		assertThat(this.statements.entrySet()
			.stream()
			.filter((entry) -> !entry.getValue().unbound().isEmpty() && entry.getKey().contains("SELECT FROM"))
			.filter((entry) -> !GROUPED.matcher(entry.getKey()).matches())).isEmpty();
	}

	@Test
	void noModificationDependsOnAVolatileFunction() {
		assertThat(
				this.statements.entrySet().stream().filter((entry) -> !entry.getValue().volatileFunctions().isEmpty()))
			.isEmpty();
	}

	@Test
	void rowsOfSeveralAccountsAreLockedByTheGroupedInsertsOnly() {
		List<String> locking = this.statements.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().locksRows() && !entry.getValue().unbound().isEmpty())
			.map(Map.Entry::getKey)
			.toList();

		assertThat(locking).hasSizeGreaterThanOrEqualTo(4).allMatch((sql) -> GROUPED.matcher(sql).matches());
	}

}
