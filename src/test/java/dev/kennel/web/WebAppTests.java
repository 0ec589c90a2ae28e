package dev.kennel.web;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPInputStream;

import dev.kennel.test.Api;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import dev.kennel.test.TestDatabase;
import dev.kennel.test.TestMail;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIOException;

/** The web app that Kennel serves. */
@KennelTest
@ExtendWith(OutputCaptureExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebAppTests {

	private static final String PAGE = "<!doctype html><title>An app</title>";

	private static final String SCRIPT = "console.log('An app');\n".repeat(200);

	private static final String SECRET = "What is in no app";

	private static final String CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
			+ "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
			+ "frame-ancestors 'none'";

	private static final String ONE_YEAR = "max-age=31536000, public, immutable";

	private final Api apiWithoutApp;

	private final Environment environment;

	private final HttpClient client = HttpClient.newHttpClient();

	private Instance instance;

	private Path folder;

	WebAppTests(Api api, Environment environment) {
		this.apiWithoutApp = api;
		this.environment = environment;
	}

	@BeforeAll
	void start(@TempDir Path directory) throws IOException {
		Files.writeString(directory.resolve("secret.txt"), SECRET);
		Files.createDirectory(directory.resolve("secrets"));
		Files.writeString(directory.resolve("secrets/secret.txt"), SECRET);
		this.folder = directory.resolve("app");
		Files.createDirectories(this.folder.resolve("assets/.cache"));
		Files.createDirectories(this.folder.resolve(".git"));
		Files.writeString(this.folder.resolve("index.html"), PAGE);
		Files.writeString(this.folder.resolve("assets/index-a1b2c3d4.js"), SCRIPT);
		Files.writeString(this.folder.resolve("assets/index-a1b2c3d4.css"), "body { margin: 0 }");
		Files.writeString(this.folder.resolve("a sign.svg"), "<svg/>");
		Files.writeString(this.folder.resolve(".env"), SECRET);
		Files.writeString(this.folder.resolve(".git/config"), SECRET);
		Files.writeString(this.folder.resolve("assets/.cache/secret.js"), SECRET);
		Files.createSymbolicLink(this.folder.resolve("link.txt"), directory.resolve("secret.txt"));
		Files.createSymbolicLink(this.folder.resolve("assets/link.js"), directory.resolve("secret.txt"));
		Files.createSymbolicLink(this.folder.resolve("links"), directory.resolve("secrets"));
		Files.createSymbolicLink(this.folder.resolve("loop"), Path.of("loop"));
		Files.createSymbolicLink(this.folder.resolve("sign.svg"), Path.of("a sign.svg"));
		// On a separate database: another instance, without the app, would send some of
		// the mails.
		Map<String, @Nullable String> settings = new HashMap<>(TestDatabase.create());
		settings.put("kennel.web.app.location", this.folder.toString());
		settings.put("kennel.web.base-url", "https://kennel.example.com/");
		this.instance = Instance.start(settings);
	}

	@AfterAll
	void stop() {
		this.instance.close();
		this.client.close();
	}

	private HttpResponse<byte[]> send(String method, String path, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(this.instance.api().uri(path))
			.method(method, BodyPublishers.noBody());
		if (headers.length > 0) {
			request.headers(headers);
		}
		try {
			return this.client.send(request.build(), BodyHandlers.ofByteArray());
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String body(HttpResponse<byte[]> response) {
		return new String(response.body(), StandardCharsets.UTF_8);
	}

	private static String header(HttpResponse<?> response, String name) {
		return String.join(" | ", response.headers().allValues(name));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/app/", "/app/index.html", "/app/?q=rex", "/app/owners", "/app/owners/own_1?at=x",
			"/app/reset-password", "/app/a/b/c.html", "/app/assets", "/app/%20", "/app/%FF", "/app/nothing.svg" })
	void pathWithoutFileReturnsThePage(String path) {
		HttpResponse<byte[]> response = send("GET", path);

		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(body(response)).isEqualTo(PAGE);
		assertThat(header(response, "Content-Type")).isEqualTo("text/html;charset=UTF-8");
		assertThat(header(response, "Cache-Control")).isEqualTo("no-cache");
		assertThat(header(response, "Content-Security-Policy")).isEqualTo(CSP);
		assertThat(header(response, "X-Content-Type-Options")).isEqualTo("nosniff");
	}

	@ParameterizedTest
	@CsvSource({ "/app/assets/index-a1b2c3d4.js, text/javascript, " + ONE_YEAR,
			"/app/assets/index%2Da1b2c3d4.css, text/css, " + ONE_YEAR, "/app/a%20sign.svg, image/svg+xml, no-cache",
			"/app/sign.svg, image/svg+xml, no-cache" })
	void hashedAssetIsCachedForAYear(String path, String contentType, String cacheControl) {
		HttpResponse<byte[]> response = send("GET", path);

		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(header(response, "Content-Type")).isEqualTo(contentType);
		assertThat(header(response, "Cache-Control"))
			.isEqualTo(cacheControl.startsWith("max-age") ? ONE_YEAR : cacheControl);
		assertThat(header(response, "Content-Security-Policy")).isEqualTo(CSP);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/app/assets/index-00000000.js", "/app/assets/", "/app/%61ssets/index.js",
			"/app/assets/link.js", "/app/assets/.cache/secret.js", "/app/assets/%2e%2e/index.html" })
	void missingAssetIsNotFound(String path) {
		HttpResponse<byte[]> response = send("GET", path);

		assertThat(response.statusCode()).isEqualTo(404);
		assertThat(body(response)).contains("\"code\":\"NOT_FOUND\"");
		assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/app/link.txt", "/app/links/secret.txt", "/app/.env", "/app/.git/config", "/app/loop",
			"/app/%2e%2e/secret.txt", "/app/..%2fsecret.txt", "/app/%2e%2e%2fsecret.txt", "/app/..%5csecret.txt",
			"/app/assets/..%2f..%2fsecret.txt", "/app/%2Fetc%2Fpasswd", "/app/%252e%252e%252fsecret.txt",
			"/app/../secret.txt", "/app/secret.txt%00.svg", "/app//etc/passwd" })
	void nothingOutsideOfTheFolderIsServed(String path) {
		HttpResponse<byte[]> response = send("GET", path);

		assertThat(response.statusCode()).isIn(200, 400, 404);
		assertThat(body(response)).doesNotContain(SECRET).doesNotContain("root:");
		if (response.statusCode() == 200) {
			assertThat(body(response)).isEqualTo(PAGE);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/app/", "/app/assets/index-a1b2c3d4.js", "/app/owners" })
	void headHasTheHeadersOfGetAndNoBody(String path) {
		HttpResponse<byte[]> get = send("GET", path);
		HttpResponse<byte[]> head = send("HEAD", path);

		assertThat(head.statusCode()).isEqualTo(200);
		assertThat(head.body()).isEmpty();
		for (String name : List.of("Content-Type", "Content-Length", "Cache-Control", "ETag", "Vary")) {
			assertThat(header(head, name)).as(name).isEqualTo(header(get, name));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/app/", "/app/assets/index-a1b2c3d4.js", "/app/owners" })
	void matchingEntityTagIsNotModified(String path) {
		HttpResponse<byte[]> first = send("GET", path);
		String tag = header(first, "ETag");

		for (String ifNoneMatch : List.of(tag, "\"other\", " + tag, "*", tag.substring(2))) {
			HttpResponse<byte[]> again = send("GET", path, "If-None-Match", ifNoneMatch);
			assertThat(again.statusCode()).as(ifNoneMatch).isEqualTo(304);
			assertThat(again.body()).isEmpty();
			assertThat(header(again, "ETag")).isEqualTo(tag);
			assertThat(header(again, "Cache-Control")).isEqualTo(header(first, "Cache-Control"));
		}
		assertThat(send("GET", path, "If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
	}

	@Test
	void scriptIsCompressed() throws IOException {
		HttpResponse<byte[]> response = send("GET", "/app/assets/index-a1b2c3d4.js", "Accept-Encoding", "gzip");

		assertThat(header(response, "Content-Encoding")).isEqualTo("gzip");
		assertThat(header(response, "Vary")).isEqualTo("Accept-Encoding");
		try (InputStream content = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
			assertThat(new String(content.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(SCRIPT);
		}
	}

	@Test
	void onlyGetAndHeadAreAllowed() {
		for (String path : List.of("/app/", "/app/owners", "/app/assets/index-a1b2c3d4.js", "/app")) {
			assertThat(send("POST", path).statusCode()).isEqualTo(405);
			assertThat(header(send("OPTIONS", path), "Allow")).isEqualTo("GET, HEAD, OPTIONS");
		}
	}

	@Test
	void pathWithoutSlashRedirectsToTheApp() {
		HttpResponse<byte[]> response = send("GET", "/app");

		assertThat(response.statusCode()).isEqualTo(302);
		assertThat(header(response, "Location")).isEqualTo("/app/");
		assertThat(send("GET", "/apple").statusCode()).isEqualTo(404);
	}

	@Test
	void changedFileIsNotReloaded() throws IOException {
		Path script = this.folder.resolve("assets/index-a1b2c3d4.css");
		Files.writeString(script, SECRET);

		assertThat(body(send("GET", "/app/assets/index-a1b2c3d4.css"))).isEqualTo("body { margin: 0 }");
	}

	@Test
	void graphiQlLinksToTheConfiguredApp() {
		assertThat(body(send("GET", "/"))).contains("<a class=\"bar-button\" href=\"app/\">Web app</a>");
		assertThat(body(send("GET", "/index.html"))).isEqualTo(body(send("GET", "/")));
		assertThat(this.apiWithoutApp.send("GET", "/", new byte[0], Map.of()).body())
			.contains("<a class=\"bar-button\" href=\"app/\" hidden>Web app</a>");
	}

	@Test
	void appIsNotFoundWithoutFolder() {
		for (String path : List.of("/app", "/app/", "/app/index.html", "/app/owners")) {
			assertThat(this.apiWithoutApp.send("GET", path, new byte[0], Map.of()).status()).as(path).isEqualTo(404);
		}
	}

	@Test
	void mailLinksPointToTheApp() {
		Api api = this.instance.api();
		String name = "a" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
		String email = name + "@example.com";
		Api ann = api.signUp(name);

		ann.execute("mutation { requestEmailVerification { success } }").data();
		assertThat(TestMail.await(email, 1)).contains("\nhttps://kennel.example.com/app/verify-email#token=");
		ann.execute("mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { user { id } } }",
				Map.of("input", Map.of("token", TestMail.awaitToken(email, 1))))
			.data();

		api.requestPasswordReset(email).data();
		assertThat(TestMail.await(email, 2)).contains("\nhttps://kennel.example.com/app/reset-password#token=");

		String other = "b" + email;
		ann.execute("mutation ($input: UpdateMeInput!) { updateMe(input: $input) { user { id } } }",
				Map.of("input", Map.of("email", other, "currentPassword", Api.PASSWORD)))
			.data();
		ann.execute("mutation { requestEmailVerification { success } }").data();
		ann.execute("mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { user { id } } }",
				Map.of("input", Map.of("token", TestMail.awaitToken(other, 1))))
			.data();
		assertThat(TestMail.await(email, 4)).contains("\nhttps://kennel.example.com/app/restore-email#token=");
	}

	@Test
	void invalidFolderIsRejected() throws IOException {
		Path escaping = Files.createDirectory(this.folder.resolveSibling("leading out"));
		Files.createSymbolicLink(escaping.resolve("index.html"), this.folder.resolve("index.html"));
		Path large = Files.createDirectory(this.folder.resolveSibling("large"));
		Files.writeString(large.resolve("index.html"), PAGE);
		Files.write(large.resolve("film.mp4"), new byte[32 * 1024 * 1024]);
		Path file = this.folder.resolve("index.html");

		assertThatIOException().isThrownBy(() -> SinglePageApp.read(file, "/app/"))
			.withMessage("there is no index.html in " + file);
		assertThatIOException().isThrownBy(() -> SinglePageApp.read(escaping, "/app/"))
			.withMessage("index.html leads out of " + escaping.toRealPath());
		assertThatIOException().isThrownBy(() -> SinglePageApp.read(large, "/app/"))
			.withMessage("there are more than 32 MB of files in " + large.toRealPath());
	}

	@Test
	void folderWithoutPageFailsStartup(CapturedOutput log) {
		String location = this.folder.resolveSibling("nowhere").toString();

		assertThatException()
			.isThrownBy(() -> Instance.beside(this.environment, Map.of("kennel.web.app.location", location)).close());

		assertThat(log.getAll())
			.contains("Invalid value '" + location + "' for configuration property 'kennel.web.app.location'")
			.contains("It takes the folder of a built web app, but there is no index.html in " + location + ".");
	}

	@Test
	void startupReportShowsTheAppUrl(CapturedOutput log) {
		assertThat(log.getAll()).contains(": Web app:  " + this.instance.api().uri("/app/"));
	}

}
