package dev.kennel;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;

/**
 * Records which settings Spring reads during AOT processing, and their values, for
 * {@link AotConditions}.
 */
class AotConditionsRecorder implements ApplicationContextInitializer<ConfigurableApplicationContext>,
		BeanFactoryInitializationAotProcessor {

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		if (SpringProperties.getFlag(AbstractAotProcessor.AOT_PROCESSING)) {
			context.getEnvironment().getPropertySources().addFirst(new RecordingPropertySource());
		}
	}

	@Override
	public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
			ConfigurableListableBeanFactory beans) {
		ConfigurableEnvironment environment = beans.getBean(ConfigurableApplicationContext.ENVIRONMENT_BEAN_NAME,
				ConfigurableEnvironment.class);
		if (!(environment.getPropertySources()
			.get(RecordingPropertySource.NAME) instanceof RecordingPropertySource recording)) {
			return null;
		}
		// The names are copied: those read while they are serialized are recorded, too.
		return (generation, code) -> generation.getGeneratedFiles()
			.addResourceFile(AotConditions.RESOURCE,
					AotConditions.serialize(Set.copyOf(recording.getSource()), environment));
	}

	/**
	 * A property source without settings that records each name looked up: it is searched
	 * first.
	 */
	private static final class RecordingPropertySource extends PropertySource<Set<String>> {

		private static final String NAME = "recording";

		private RecordingPropertySource() {
			// Spring has read these before.
			super(NAME, Collections
				.synchronizedSet(new TreeSet<>(List.of("spring.main.sources", "spring.main.sources[0]"))));
		}

		@Override
		public @Nullable Object getProperty(String name) {
			this.source.add(name);
			return null;
		}

	}

}
