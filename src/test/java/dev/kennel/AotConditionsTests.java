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
	void unchangedSettingsAreNotReported() {
		MockEnvironment settings = new MockEnvironment().withProperty("a.list[0]", "1=2\n3%")
			.withProperty("an.empty-one", "");
		String recorded = AotConditions.serialize(List.of("a.list[0]", "an.empty-one", "one.that-is-not-set"),
				settings);

		// The index after the last element records the end of the list.
		assertThat(recorded.lines()).hasSize(4);
		assertThat(AotConditions.changed(recorded, settings)).isEmpty();
	}

	@Test
	void changedRemovedAndAddedSettingsAreReported() {
		String recorded = AotConditions.serialize(List.of("changed", "removed", "added"),
				new MockEnvironment().withProperty("changed", "1").withProperty("removed", "1"));

		assertThat(AotConditions.changed(recorded,
				new MockEnvironment().withProperty("changed", "2").withProperty("added", "")))
			.containsExactly("added", "changed", "removed");
	}

	@Test
	void unresolvablePlaceholderIsReported() {
		String recorded = AotConditions.serialize(List.of("a"), new MockEnvironment().withProperty("a", "1"));

		assertThat(AotConditions.changed(recorded, new MockEnvironment().withProperty("a", "${missing}")))
			.containsExactly("a");
	}

	@Test
	void changedListIsReported() {
		String recorded = AotConditions.serialize(List.of("a", "a[0]"),
				new MockEnvironment().withProperty("a[0]", "1").withProperty("a[1]", "2"));

		assertThat(AotConditions.changed(recorded,
				new MockEnvironment().withProperty("a[0]", "1").withProperty("a[1]", "2")))
			.isEmpty();
		assertThat(AotConditions.changed(recorded, new MockEnvironment().withProperty("a[0]", "1")))
			.containsExactly("a[1]");
		assertThat(AotConditions.changed(recorded,
				new MockEnvironment().withProperty("a[0]", "1").withProperty("a[1]", "3")))
			.containsExactly("a[1]");
		assertThat(AotConditions.changed(recorded,
				new MockEnvironment().withProperty("a[0]", "1").withProperty("a[1]", "2").withProperty("a[2]", "3")))
			.containsExactly("a[2]");
	}

	@Test
	void aotIsUsedOnlyIfTheSettingsMatch() {
		assertThat(isUsed(null, "x=1")).isFalse();
		assertThat(isUsed("x=1\n", "x=1")).isTrue();
		assertThat(isUsed("x=1\n", "x=2")).isFalse();
		assertThat(isUsed("x\n", "x=1")).isFalse();
	}

	@Test
	void explicitAotSettingTakesPrecedence() {
		SpringProperties.setProperty(AotDetector.AOT_ENABLED, "false");

		assertThat(isUsed("x=1\n", "x=1")).isFalse();
	}

	private static boolean isUsed(@Nullable String conditions, String settings) {
		ClassLoader classLoader = new ClassLoader() {

			@Override
			public @Nullable InputStream getResourceAsStream(String name) {
				return (conditions != null && name.equals(AotConditions.RESOURCE))
						? new ByteArrayInputStream(conditions.getBytes(StandardCharsets.UTF_8)) : null;
			}

		};
		SpringApplication application = new SpringApplication(new DefaultResourceLoader(classLoader));
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

	/** Otherwise AOT would be ignored for settings that every installation has. */
	@Test
	void beansDependNeitherOnKennelsSettingsNorOnServerAddresses() throws IOException {
		Map<String, String> one = generatedFiles("one", "--spring.mail.host=localhost",
				"--management.opentelemetry.tracing.export.otlp.endpoint=http://localhost:4318/v1/traces");
		Map<String, String> other = generatedFiles("other", "--spring.mail.host=mail.example.com",
				"--spring.datasource.url=jdbc:postgresql://db.example.com/kennel", "--kennel.auth.driver=cookie",
				"--kennel.web.base-url=https://kennel.example.com", "--kennel.web.graphiql.enabled=false",
				"--kennel.mail.directory=mails", "--spring.flyway.enabled=false", "--management.server.port=9464",
				"--management.server.address=0.0.0.0",
				"--management.opentelemetry.tracing.export.otlp.endpoint=https://otel.example.com/v1/traces",
				"--server.forward-headers-strategy=native", "--spring.datasource.password=a secret of the database");

		assertThat(other).isEqualTo(one);
		assertThat(one).hasSizeGreaterThan(100);
		assertThat(one.getOrDefault(AotConditions.RESOURCE, "").lines())
			.contains("spring.main.sources", "spring.data.jpa.repositories.bootstrap-mode=deferred")
			.noneMatch((line) -> line.startsWith("kennel."));
	}

	@Test
	void settingOfABeanConditionIsRecorded() throws IOException {
		Map<String, String> files = generatedFiles("one", "--spring.data.jpa.repositories.enabled=false");

		assertThat(files.getOrDefault(AotConditions.RESOURCE, "").lines())
			.contains("spring.data.jpa.repositories.enabled=false");
	}

	/**
	 * Returns the files that AOT processing generates, by name, without the numbers in
	 * the names of anonymous beans, and without the classes that Spring Data generates
	 * once per process.
	 */
	private Map<String, String> generatedFiles(String name, String... arguments) throws IOException {
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
