package dev.kennel;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
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
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.stereotype.Component;

/**
 * Fails the start if a setting under {@code kennel.} is unknown, before any bean is
 * created: a typo in the name of a limit or a key must not go unnoticed. Spring Boot's
 * own check ({@code ignoreUnknownFields}) neither looks at environment variables nor at
 * prefixes that no record has.
 */
@Component
class SettingsCheck implements BeanFactoryPostProcessor, EnvironmentAware {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("kennel");

	/**
	 * Variables that Kubernetes sets in each pod for a service named kennel, or
	 * kennel-db.
	 * @see <a href=
	 * "https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables">Kubernetes,
	 * Service: environment variables</a>
	 */
	private static final Pattern KUBERNETES_VARIABLE = Pattern
		.compile("KENNEL(_[A-Z0-9_]+)?_(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)"
				+ "|PORT(_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");

	private static final Pattern ELEMENT = Pattern.compile("(.*)\\[(\\d+)].*");

	private @Nullable Environment environment;

	@Override
	public void setEnvironment(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
		List<String> known = new ArrayList<>();
		// Spring Boot names these beans <prefix>-<class>. To look for their annotation
		// instead would read those of all beans, which takes long at the start.
		for (String name : beans.getBeanDefinitionNames()) {
			Class<?> type = name.startsWith("kennel") ? beans.getType(name, false) : null;
			ConfigurationProperties annotation = (type != null)
					? AnnotationUtils.findAnnotation(type, ConfigurationProperties.class) : null;
			if (type != null && annotation != null) {
				collect(annotation.value(), type, known);
			}
		}
		if (this.environment == null) {
			throw new IllegalStateException("The environment is not set");
		}
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource variables) {
				checkVariables(variables, known);
			}
			else if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream()
					.filter(ROOT::isAncestorOf)
					.filter((name) -> !isKnown(name, known))
					.findFirst()
					.ifPresent((name) -> {
						throw unknown(name, source, known);
					});
			}
			if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream()
					.filter((name) -> ROOT.isAncestorOf(name) && isKnown(name, known))
					.forEach((name) -> checkIndexes(name, iterable));
			}
		}
	}

	/**
	 * Environment variables have to be written as the binder looks them up: dots as
	 * underscores, hyphens dropped or as underscores.
	 */
	private static void checkVariables(SystemEnvironmentPropertySource variables, List<String> known) {
		Set<String> names = new HashSet<>();
		List<String> prefixes = new ArrayList<>();
		for (String candidate : known) {
			for (String hyphen : List.of("", "_")) {
				String name = candidate.replace("-", hyphen)
					.replace("[0]", ".0")
					.replace('.', '_')
					.toUpperCase(Locale.ROOT);
				if (name.endsWith("*")) {
					prefixes.add(name.substring(0, name.length() - 1));
				}
				names.add(name);
			}
		}
		for (String variable : variables.getPropertyNames()) {
			String name = variable.toUpperCase(Locale.ROOT);
			String generic = name.replaceAll("_\\d+(?=_|$)", "_0");
			if (name.startsWith("KENNEL_") && !KUBERNETES_VARIABLE.matcher(name).matches() && !names.contains(generic)
					&& prefixes.stream().noneMatch(name::startsWith)) {
				String origin = "System Environment Property \"" + variable + "\"";
				throw new UnknownSettingException(variable, origin, nearest(generic, names));
			}
		}
	}

	/**
	 * The binder reads a list up to the first missing index. Its error about the rest
	 * contains the values, which may be secrets.
	 */
	private static void checkIndexes(ConfigurationPropertyName name, IterableConfigurationPropertySource source) {
		Matcher element = ELEMENT.matcher(name.toString());
		if (element.matches() && !element.group(2).equals("0")) {
			ConfigurationPropertyName before = ConfigurationPropertyName
				.of(element.group(1) + "[" + (Integer.parseInt(element.group(2)) - 1) + "]");
			if (source.stream().noneMatch((other) -> before.equals(other) || before.isAncestorOf(other))) {
				throw new UnknownSettingException(name.toString(), "there is no " + before, null);
			}
		}
	}

	/**
	 * Collects all names that the binder may look up, with {@code [0]} for any index.
	 */
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

	private static boolean isKnown(ConfigurationPropertyName name, List<String> known) {
		String text = name.toString().replaceAll("\\[\\d+]", "[0]");
		return known.stream()
			.anyMatch((candidate) -> candidate.endsWith("*")
					? text.startsWith(candidate.substring(0, candidate.length() - 1))
					: ConfigurationPropertyName.of(candidate).equals(ConfigurationPropertyName.of(text)));
	}

	private static UnknownSettingException unknown(ConfigurationPropertyName name, ConfigurationPropertySource source,
			List<String> known) {
		var property = source.getConfigurationProperty(name);
		String origin = (property != null && property.getOrigin() != null) ? String.valueOf(property.getOrigin())
				: null;
		return new UnknownSettingException(name.toString(), origin, nearest(name.toString(), known));
	}

	private static @Nullable String nearest(String text, Collection<String> known) {
		return known.stream()
			.filter((candidate) -> distance(candidate, text) <= 1 + text.length() / 6)
			.min(Comparator.comparingInt((String candidate) -> distance(candidate, text))
				.thenComparing(Comparator.naturalOrder()))
			.orElse(null);
	}

	/** Returns the Levenshtein distance. */
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
