package dev.kennel;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.aot.AotDetector;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.SpringProperties;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class AotConditionsTests {

	@TempDir
	private Path directory;

	@Test
	void whatIsAsItWasIsNotDifferent() {
		MockEnvironment settings = new MockEnvironment().withProperty("a.list[0]", "1=2\n3%")
			.withProperty("an.empty-one", "");
		String text = AotConditions.text(List.of("a.list[0]", "an.empty-one", "one.that-is-not-set"), settings);

		// One more says where the list ends.
		assertThat(text.lines()).hasSize(4);
		assertThat(AotConditions.different(text, settings)).isEmpty();
	}

	@Test
	void whatIsSetOtherwiseOrNotOrOnlyNowIsDifferent() {
		String text = AotConditions.text(List.of("changed", "removed", "added"),
				new MockEnvironment().withProperty("changed", "1").withProperty("removed", "1"));

		assertThat(AotConditions.different(text,
				new MockEnvironment().withProperty("changed", "2").withProperty("added", "")))
			.containsExactly("added", "changed", "removed");
	}

	@Test
	void whatNamesASettingThatIsNotThereIsDifferent() {
		String text = AotConditions.text(List.of("a"), new MockEnvironment().withProperty("a", "1"));

		assertThat(AotConditions.different(text, new MockEnvironment().withProperty("a", "${missing}")))
			.containsExactly("a");
	}

	@Test
	void aListThatIsLongerOrShorterOrDiffersInAnyElementIsDifferent() {
		String text = AotConditions.text(List.of("a", "a[0]"),
				new MockEnvironment().withProperty("a[0]", "1").withProperty("a[1]", "2"));

		assertThat(AotConditions.different(text,
				new MockEnvironment().withProperty("a[0]", "1").withProperty("a[1]", "2")))
			.isEmpty();
		assertThat(AotConditions.different(text, new MockEnvironment().withProperty("a[0]", "1")))
			.containsExactly("a[1]");
		assertThat(AotConditions.different(text,
				new MockEnvironment().withProperty("a[0]", "1").withProperty("a[1]", "3")))
			.containsExactly("a[1]");
		assertThat(AotConditions.different(text,
				new MockEnvironment().withProperty("a[0]", "1").withProperty("a[1]", "2").withProperty("a[2]", "3")))
			.containsExactly("a[2]");
	}

	@Test
	void whatHasBeenPreparedIsUsedOnlyWhereItFits() {
		assertThat(isUsed(null, "x=1")).isFalse();
		assertThat(isUsed("x=1\n", "x=1")).isTrue();
		assertThat(isUsed("x=1\n", "x=2")).isFalse();
		assertThat(isUsed("x\n", "x=1")).isFalse();
	}

	@Test
	void whoSaysWhetherItIsUsedIsObeyed() {
		SpringProperties.setProperty(AotDetector.AOT_ENABLED, "false");

		assertThat(isUsed("x=1\n", "x=1")).isFalse();
	}

	private static boolean isUsed(@Nullable String conditions, String settings) {
		ClassLoader classes = new ClassLoader() {

			@Override
			public @Nullable InputStream getResourceAsStream(String name) {
				return (conditions != null && name.equals(AotConditions.RESOURCE))
						? new ByteArrayInputStream(conditions.getBytes(StandardCharsets.UTF_8)) : null;
			}

		};
		SpringApplication application = new SpringApplication(new DefaultResourceLoader(classes));
		MockEnvironment environment = new MockEnvironment();
		TestPropertyValues.of(settings).applyTo(environment);
		try {
			new AotConditions().onApplicationEvent(new ApplicationEnvironmentPreparedEvent(
					new DefaultBootstrapContext(), application, new String[0], environment));
			return SpringProperties.getFlag(AotDetector.AOT_ENABLED);
		}
		finally {
			SpringProperties.setProperty(AotDetector.AOT_ENABLED, null);
		}
	}

	/**
	 * So what has been prepared is used with any of them, and not ignored for settings
	 * that everybody has.
	 */
	@Test
	void theBeansAreTheSameWhateverKennelsSettingsAreAndWhereItsServersAre() throws IOException {
		Map<String, String> one = process("one", "--spring.mail.host=localhost");
		Map<String, String> other = process("other", "--spring.mail.host=mail.example.com",
				"--spring.datasource.url=jdbc:postgresql://db.example.com/kennel", "--kennel.auth.driver=cookie",
				"--kennel.web.base-url=https://kennel.example.com", "--kennel.web.graphiql.enabled=false",
				"--kennel.mail.directory=mails", "--spring.flyway.enabled=false", "--management.server.port=9464",
				"--management.server.address=0.0.0.0", "--server.forward-headers-strategy=native",
				"--spring.datasource.password=a secret of the database");

		assertThat(other).isEqualTo(one);
		assertThat(one).hasSizeGreaterThan(100);
		assertThat(one.getOrDefault(AotConditions.RESOURCE, "").lines())
			.contains("spring.main.sources", "spring.data.jpa.repositories.bootstrap-mode=deferred")
			.noneMatch((line) -> line.startsWith("kennel."));
	}

	@Test
	void aSettingThatDecidesWhichBeansThereAreIsWrittenDown() throws IOException {
		Map<String, String> files = process("one", "--spring.data.jpa.repositories.enabled=false");

		assertThat(files.getOrDefault(AotConditions.RESOURCE, "").lines())
			.contains("spring.data.jpa.repositories.enabled=false");
	}

	/**
	 * Answers the files that Spring writes, by their names, without the numbers that it
	 * gives to beans that have no name, and without the classes that Spring Data
	 * generates once in a process.
	 */
	private Map<String, String> process(String name, String... arguments) throws IOException {
		Path root = this.directory.resolve(name);
		AbstractAotProcessor.Settings settings = AbstractAotProcessor.Settings.builder()
			.sourceOutput(root.resolve("sources"))
			.resourceOutput(root.resolve("resources"))
			.classOutput(root.resolve("classes"))
			.groupId("dev.kennel")
			.artifactId("kennel")
			.build();
		new SpringApplicationAotProcessor(KennelApplication.class, settings, arguments).process();
		Map<String, String> files = new TreeMap<>();
		for (String folder : List.of("sources", "resources")) {
			try (Stream<Path> paths = Files.walk(root.resolve(folder))) {
				for (Path path : paths.filter(Files::isRegularFile).toList()) {
					files.put(root.resolve(folder).relativize(path).toString(),
							Files.readString(path)
								.replaceAll("#\\p{XDigit}+", "#")
								.replaceAll("(?s)\\{[^{}]*__(?:Accessor|Instantiator)_[^{}]*},?\\s*", ""));
				}
			}
		}
		return files;
	}

}
