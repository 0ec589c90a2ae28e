package dev.kennel;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.stereotype.Component;

/**
 * Finds what is set under {@code kennel.} and is read by nobody, before anything else is
 * made: a typing error in the name of a limit or of a key must not go unnoticed.
 */
@Component
class SettingsCheck implements BeanFactoryPostProcessor, EnvironmentAware {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("kennel");

	/**
	 * What Kubernetes sets in the environment of each pod if there is a service named
	 * kennel.
	 */
	private static final Pattern OF_KUBERNETES = Pattern.compile("kennel(service(host|port).*|port(\\d+.*)?)");

	private @Nullable Environment environment;

	@Override
	public void setEnvironment(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
		List<String> known = new ArrayList<>();
		for (String name : beans.getBeanNamesForAnnotation(ConfigurationProperties.class)) {
			ConfigurationProperties annotation = beans.findAnnotationOnBean(name, ConfigurationProperties.class);
			Class<?> type = beans.getType(name, false);
			if (annotation != null && type != null && annotation.value().split("\\.", 2)[0].equals("kennel")) {
				collect(annotation.value(), type, known);
			}
		}
		if (this.environment == null) {
			throw new IllegalStateException("No environment");
		}
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream()
					.filter(ROOT::isAncestorOf)
					.filter((name) -> !isKnown(name, known, isEnvironment(source)))
					.findFirst()
					.ifPresent((name) -> {
						throw unknown(name, source, known);
					});
			}
		}
	}

	/** All names that the binder may look for, with {@code [0]} for any element. */
	private static void collect(String prefix, Class<?> type, List<String> known) {
		for (RecordComponent component : type.getRecordComponents()) {
			String name = prefix + "." + dashed(component.getName());
			Class<?> componentType = component.getType();
			if (Collection.class.isAssignableFrom(componentType)) {
				Class<?> element = element(component.getGenericType());
				known.add(name);
				collectOrAdd(name + "[0]", element, known);
			}
			else if (Map.class.isAssignableFrom(componentType)) {
				known.add(name + ".*");
			}
			else {
				collectOrAdd(name, componentType, known);
			}
		}
	}

	private static void collectOrAdd(String name, Class<?> type, List<String> known) {
		if (type.isRecord()) {
			collect(name, type, known);
		}
		else {
			known.add(name);
		}
	}

	private static Class<?> element(Type type) {
		return (type instanceof ParameterizedType parameterized
				&& parameterized.getActualTypeArguments()[0] instanceof Class<?> element) ? element : Object.class;
	}

	private static String dashed(String name) {
		return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
	}

	private static boolean isEnvironment(ConfigurationPropertySource source) {
		return source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
	}

	private static boolean isKnown(ConfigurationPropertyName name, List<String> known, boolean environment) {
		String text = name.toString().replaceAll("\\[\\d+]", "[0]");
		if (environment) {
			// The names of variables say nothing of where words and members begin.
			String flat = flat(text);
			return OF_KUBERNETES.matcher(flat).matches() || known.stream()
				.anyMatch((one) -> one.endsWith("*") ? flat.startsWith(flat(one)) : flat.equals(flat(one)));
		}
		return known.stream()
			.anyMatch((one) -> one.endsWith("*") ? text.startsWith(one.substring(0, one.length() - 1))
					: ConfigurationPropertyName.of(one).equals(ConfigurationPropertyName.of(text)));
	}

	private static String flat(String name) {
		return name.replaceAll("\\d+", "0").replaceAll("[^a-z0-9]", "");
	}

	private static UnknownSettingException unknown(ConfigurationPropertyName name, ConfigurationPropertySource source,
			List<String> known) {
		var property = source.getConfigurationProperty(name);
		String origin = (property != null && property.getOrigin() != null) ? String.valueOf(property.getOrigin())
				: null;
		String text = name.toString();
		String nearest = known.stream()
			.filter((one) -> distance(one, text) <= 1 + text.length() / 6)
			.min((a, b) -> Integer.compare(distance(a, text), distance(b, text)))
			.orElse(null);
		return new UnknownSettingException(text, origin, nearest);
	}

	/** How many characters have to be changed to make one of the other. */
	private static int distance(String a, String b) {
		int[] row = new int[b.length() + 1];
		for (int j = 0; j <= b.length(); j++) {
			row[j] = j;
		}
		for (int i = 1; i <= a.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j <= b.length(); j++) {
				int change = diagonal + ((a.charAt(i - 1) == b.charAt(j - 1)) ? 0 : 1);
				diagonal = row[j];
				row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
			}
		}
		return row[b.length()];
	}

}
