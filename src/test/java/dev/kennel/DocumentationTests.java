package dev.kennel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import graphql.Internal;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;

import static org.assertj.core.api.Assertions.assertThat;

/** Classes, files, pages and scripts that the documentation names exist. */
class DocumentationTests {

	/** Settings that have settings of their own, which the page lists by name. */
	private static final Set<String> NESTED = Set.of("kennel.auth.keys", "kennel.web.cors");

	private static String read(String file) throws IOException {
		return Files.readString(Path.of(file));
	}

	private static List<String> documents() throws IOException {
		try (Stream<Path> docs = Files.list(Path.of("docs"))) {
			return Stream
				.concat(Stream.of("README.md", "CONTRIBUTING.md", "bench/README.md"),
						docs.filter(Files::isRegularFile).map(Path::toString))
				.sorted()
				.toList();
		}
	}

	private static Set<String> classes() throws IOException {
		try (Stream<Path> sources = Files.walk(Path.of("src"));
				Stream<Path> benchmarks = Files.walk(Path.of("bench"))) {
			return Stream.concat(sources, benchmarks)
				.map((file) -> String.valueOf(file.getFileName()))
				.filter((name) -> name.endsWith(".java"))
				.map((name) -> name.substring(0, name.length() - ".java".length()))
				.collect(Collectors.toSet());
		}
	}

	private static List<String> matches(String pattern, String text) {
		return Pattern.compile(pattern, Pattern.MULTILINE)
			.matcher(text)
			.results()
			.map((MatchResult match) -> match.group(1))
			.toList();
	}

	/** A name with a suffix of Kennel's classes is the name of one. */
	@Test
	void everyNamedClassExists() throws IOException {
		Set<String> classes = classes();
		String features = read("docs/architecture.md").replaceAll("(?s).*\\n\\| Feature |\\n\\n.*", "");
		for (String name : matches("`([A-Z][a-z]\\w+)`", features)) {
			assertThat(classes).as("table of features").contains(name);
		}
		for (String document : documents()) {
			for (String name : matches(
					"`([A-Z]\\w*(?:Entity|Controller|Service|Repository|Configuration|Tests|Exception|Errors|Loader))`",
					read(document))) {
				assertThat(classes).as(document).contains(name);
			}
		}
	}

	@Test
	void everyNamedFileExists() throws IOException {
		for (String document : documents()) {
			String text = read(document);
			for (String link : matches("\\]\\((?!https?:)([^)#]+)", text)) {
				assertThat(Path.of(document).toAbsolutePath().resolveSibling(link)).as(document).exists();
			}
			for (String path : matches("`((?:src/(?:main|test)|schema|docs|clients|bench|postman)/[\\w./-]*)`", text)) {
				assertThat(Path.of(path)).as(document).exists();
			}
			for (String migration : matches("`(V\\d+__\\w+\\.sql)`", text)) {
				assertThat(Path.of("src/main/resources/db/migration", migration)).as(document).exists();
			}
		}
	}

	@Test
	void everyLinkedSectionExists() throws IOException {
		for (String document : documents()) {
			for (String link : matches("\\]\\((?!https?:)([^)]*#[^)]+)\\)", read(document))) {
				int anchor = link.indexOf('#');
				Path target = (anchor != 0) ? Path.of(document).resolveSibling(link.substring(0, anchor))
						: Path.of(document);
				assertThat(anchors(Files.readString(target))).as(document).contains(link.substring(anchor + 1));
			}
		}
	}

	/** Returns the anchors of the headings, as GitHub makes them. */
	private static List<String> anchors(String text) {
		return matches("^#+ (.*)$", text.replaceAll("(?ms)^```.*?^```", "")).stream()
			.map((heading) -> heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
			.toList();
	}

	@Test
	void architectureListsEveryPackageAndNoOther() throws IOException {
		List<String> packages = new ArrayList<>();
		try (Stream<Path> folders = Files.list(Path.of("src/main/java/dev/kennel"))) {
			folders.filter(Files::isDirectory).map((folder) -> folder.getFileName() + "/").forEach(packages::add);
		}
		String page = read("docs/architecture.md");

		assertThat(matches("^  (\\w+/) {2,}\\w", page)).containsExactlyInAnyOrderElementsOf(packages);
		for (String path : matches("^([\\w./]+) {2,}\\w.*$",
				page.substring(page.indexOf("## The packages"), page.indexOf("## The path of a request")))) {
			assertThat(Path.of(path)).exists();
		}
	}

	@Test
	void architectureListsTheClassesThatWorkInTheBackground() throws IOException {
		Set<String> classes;
		try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
			classes = sources.filter((file) -> file.toString().endsWith(".java"))
				.filter(DocumentationTests::hasThreads)
				.map((file) -> file.getFileName().toString().replace(".java", ""))
				.collect(Collectors.toSet());
		}
		String page = read("docs/architecture.md");
		String section = page.substring(page.indexOf("## Work in the background"), page.indexOf("## JPA and JDBC"));

		assertThat(matches("`(\\w+)`", section)).containsAll(classes);
		for (String row : matches("^\\| (`.*?) \\|", section)) {
			assertThat(classes).containsAll(matches("`(\\w+)`", row));
		}
	}

	private static boolean hasThreads(Path source) {
		try {
			return Pattern.compile("@Scheduled|Thread\\.ofPlatform\\(\\)|StreamTimer\\.create\\(")
				.matcher(Files.readString(source))
				.find();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void upgradeGuideListsTheInternalClassesOfGraphQlJavaThatTheEngineUses() throws IOException {
		Set<String> classes = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
			.importPackages("dev.kennel.engine")
			.stream()
			.flatMap((type) -> type.getDirectDependenciesFromSelf().stream())
			.map((dependency) -> dependency.getTargetClass().getBaseComponentType())
			.filter((type) -> type.isAnnotatedWith(Internal.class))
			.map(JavaClass::getSimpleName)
			.collect(Collectors.toSet());
		String guide = read("docs/upgrading-graphql-java.md");
		Set<String> listed = matches("^\\| [A-Z][^|]* \\| ([^|]*`[^|]*) \\|", guide).stream()
			.flatMap((row) -> matches("`(?:[\\w.]+\\.)?(\\w+)`", row).stream())
			.collect(Collectors.toSet());

		assertThat(listed).isNotEmpty().isEqualTo(classes);
	}

	/** A method without a class is of the class named before it. */
	@Test
	void everyTestOfAThreatExists() throws IOException {
		Map<String, String> tests = new HashMap<>();
		try (Stream<Path> sources = Files.walk(Path.of("src/test/java"))) {
			for (Path file : sources.filter((source) -> source.toString().endsWith("Tests.java")).toList()) {
				tests.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
			}
		}
		List<String> rows = matches("^\\|.* \\| ([^|]*`[^|]*) \\|$", read("docs/security.md"));
		assertThat(rows).hasSizeGreaterThan(50);
		for (String row : rows) {
			String test = "";
			for (String name : matches("`([^`]+)`", row)) {
				test = Character.isUpperCase(name.charAt(0)) ? name.replaceAll("\\..*", "") : test;
				assertThat(tests).containsKey(test);
				String method = name.replaceAll("^[A-Z]\\w+\\.?", "").replace("…", "\\w*");
				assertThat(tests.getOrDefault(test, "")).as(test)
					.containsPattern(method.isEmpty() ? "@Test" : "void " + method + "\\(");
			}
		}
	}

	@Test
	void everyDocumentIsLinkedFromTheReadme() throws IOException {
		String readme = read("README.md");
		for (String document : documents()) {
			if (document.startsWith("docs/")) {
				assertThat(readme).contains("(" + document + ")");
			}
		}
	}

	@Test
	void everyNamedScriptOfTheClientsExists() throws IOException {
		// Vite adds a script named dev to a project that it creates, such as that of the
		// tour.
		String scripts = read("clients/package.json") + read("clients/web/package.json") + "\"dev\"";
		for (String document : documents()) {
			for (String script : matches("npm run ([\\w:-]+)", read(document))) {
				assertThat(scripts).as(document).contains("\"" + script + "\"");
			}
		}
	}

	@Test
	void settingsListsEverySettingWithItsDefault() throws IOException, ClassNotFoundException {
		String page = read("docs/settings.md");
		ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
		scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
		List<String> rows = new ArrayList<>();
		for (BeanDefinition bean : scanner.findCandidateComponents("dev.kennel")) {
			Class<?> type = Class.forName(bean.getBeanClassName());
			String prefix = type.getAnnotation(ConfigurationProperties.class).value();
			for (Parameter parameter : type.getDeclaredConstructors()[0].getParameters()) {
				DefaultValue value = parameter.getAnnotation(DefaultValue.class);
				String name = prefix + "." + DataObjectPropertyName.toDashedForm(parameter.getName());
				if (!NESTED.contains(name)) {
					rows.add("| `" + name + "` | "
							+ ((value != null && value.value().length == 1 && !value.value()[0].isEmpty())
									? "`" + value.value()[0] + "` " : "")
							+ "| ");
				}
			}
		}

		assertThat(rows).hasSizeGreaterThan(50);
		assertThat(rows.stream().filter((row) -> !page.contains("\n" + row))).isEmpty();
	}

}
