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

import dev.kennel.database.MigrationApplication;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aot.AotDetector;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.PropertyResolver;

/**
 * Starts Kennel with the beans that Spring has found ahead of time, if it would find the
 * same ones now. Spring itself would take them whatever the settings are, and ignore
 * those that decide which beans there are. They are compared here, with what they were
 * when {@link AotConditionsRecorder} wrote them down: where they differ, Kennel starts as
 * if nothing had been prepared, in more time.
 *
 * @see <a href=
 * "https://docs.spring.io/spring-boot/reference/packaging/aot.html">Ahead-of-Time
 * Processing With the JVM</a>
 */
class AotConditions implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {

	static final String RESOURCE = "META-INF/kennel/aot-conditions.txt";

	private static final String FIRST = "[0]";

	/**
	 * Settings that Spring asks for and that change nothing: by each of the others than
	 * the first, one bean decides what it does, and is there in any case.
	 */
	private static final Set<String> WITHOUT_EFFECT = Set.of("spring.application.pid", "spring.datasource.url",
			"spring.mail.host", "server.forward-headers-strategy", "spring.flyway.enabled");

	private static final Logger logger = LoggerFactory.getLogger(AotConditions.class);

	@Override
	public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
		// What has been prepared is the service, and not what only migrates its database.
		if (SpringProperties.getProperty(AotDetector.AOT_ENABLED) != null
				|| event.getSpringApplication().getAllSources().contains(MigrationApplication.class)) {
			return;
		}
		ClassLoader classes = event.getSpringApplication().getClassLoader();
		try (InputStream conditions = classes.getResourceAsStream(RESOURCE)) {
			if (conditions == null) {
				return;
			}
			List<String> different = different(new String(conditions.readAllBytes(), StandardCharsets.UTF_8),
					event.getEnvironment());
			if (different.isEmpty()) {
				SpringProperties.setFlag(AotDetector.AOT_ENABLED);
			}
			else {
				logger.info("What has been prepared is not used, and the start takes longer, since these settings "
						+ "decide which beans there are and are not what they were then: {}", different);
			}
		}
		catch (IOException ex) {
			logger.warn("What has been prepared can't be read", ex);
		}
	}

	/**
	 * Writes settings down: each on a line, with its value if it is set. Of a list, which
	 * is taken as a whole once its first element is found, all elements are written down,
	 * and the one after the last, which is not set.
	 */
	static String text(Collection<String> names, PropertyResolver settings) {
		Set<String> all = new TreeSet<>(names);
		for (String name : names) {
			if (name.endsWith(FIRST)) {
				String list = name.substring(0, name.length() - FIRST.length());
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

	/** Answers the names of the settings that are not what they were. */
	static List<String> different(String text, PropertyResolver settings) {
		List<String> different = new ArrayList<>();
		for (String line : text.lines().toList()) {
			int end = line.indexOf('=');
			String name = decode((end < 0) ? line : line.substring(0, end));
			String value = (end < 0) ? null : decode(line.substring(end + 1));
			if (!hasValue(settings, name, value)) {
				different.add(name);
			}
		}
		return different;
	}

	/** One that names a setting that is not there has no value: the start tells so. */
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
