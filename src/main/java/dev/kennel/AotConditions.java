package dev.kennel;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import dev.kennel.database.migration.MigrationApplication;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aot.AotDetector;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.PropertyResolver;

/**
 * Uses the beans that Spring has prepared ahead of time (AOT) if the settings that decide
 * which beans exist have the values that they had at build time. Spring itself would use
 * them whatever the settings are, and ignore those settings. They are compared here with
 * the values recorded by {@link AotConditionsRecorder}: if any differs, Kennel starts
 * without AOT, which takes 0.4 of 4.5 seconds longer.
 *
 * @see <a href=
 * "https://docs.spring.io/spring-boot/reference/packaging/aot.html">Ahead-of-Time
 * Processing With the JVM</a>
 */
class AotConditions implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {

	static final String RESOURCE = "META-INF/kennel/aot-conditions.txt";

	private static final String FIRST_ELEMENT = "[0]";

	/**
	 * Settings that Spring reads as bean conditions but that change no bean: for all
	 * except the first, a bean that always exists decides what the setting does.
	 */
	private static final Set<String> WITHOUT_EFFECT = Set.of("spring.application.pid", "spring.datasource.url",
			"spring.mail.host", "server.forward-headers-strategy", "spring.flyway.enabled",
			"management.opentelemetry.tracing.export.otlp.endpoint");

	private static final Logger logger = LoggerFactory.getLogger(AotConditions.class);

	@Override
	public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
		// AOT processing covers the service, not the application that only migrates the
		// database.
		if (SpringProperties.getProperty(AotDetector.AOT_ENABLED) != null
				|| event.getSpringApplication().getAllSources().contains(MigrationApplication.class)) {
			return;
		}
		ClassLoader classLoader = event.getSpringApplication().getClassLoader();
		try (InputStream conditions = classLoader.getResourceAsStream(RESOURCE)) {
			if (conditions == null) {
				return;
			}
			List<String> changed = changed(new String(conditions.readAllBytes(), StandardCharsets.UTF_8),
					event.getEnvironment());
			if (changed.isEmpty()) {
				SpringProperties.setFlag(AotDetector.AOT_ENABLED);
			}
			else {
				logger.info("The start cache is not used, because settings that select beans have changed "
						+ "since it was created: {}. The start takes longer", changed);
			}
		}
		catch (IOException ex) {
			logger.warn("The conditions of the AOT processing could not be read", ex);
		}
	}

	/**
	 * Serializes settings, one a line, with the value if it is set. Spring binds a list
	 * as a whole once it finds the first element, so all elements are included, and the
	 * index after the last one, which is not set.
	 */
	static String serialize(Collection<String> names, PropertyResolver settings) {
		Set<String> all = new TreeSet<>(names);
		for (String name : names) {
			if (name.endsWith(FIRST_ELEMENT)) {
				String list = name.substring(0, name.length() - FIRST_ELEMENT.length());
				String element = name;
				for (int i = 1; settings.getProperty(element) != null; i++) {
					element = list + "[" + i + "]";
					all.add(element);
				}
			}
		}
		StringBuilder text = new StringBuilder();
		for (String name : all) {
			if (!WITHOUT_EFFECT.contains(name)) {
				text.append(encode(name));
				String value = settings.getProperty(name);
				if (value != null) {
					text.append('=').append(encode(value));
				}
				text.append('\n');
			}
		}
		return text.toString();
	}

	/** Returns the names of the settings whose values have changed. */
	static List<String> changed(String text, PropertyResolver settings) {
		List<String> changed = new ArrayList<>();
		for (String line : text.lines().toList()) {
			int end = line.indexOf('=');
			String name = decode((end < 0) ? line : line.substring(0, end));
			String value = (end < 0) ? null : decode(line.substring(end + 1));
			if (!hasValue(settings, name, value)) {
				changed.add(name);
			}
		}
		return changed;
	}

	/**
	 * A value whose placeholder can't be resolved equals nothing: the start reports it.
	 */
	private static boolean hasValue(PropertyResolver settings, String name, @Nullable String value) {
		try {
			return Objects.equals(value, settings.getProperty(name));
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	private static String encode(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

	private static String decode(String text) {
		return URLDecoder.decode(text, StandardCharsets.UTF_8);
	}

}
