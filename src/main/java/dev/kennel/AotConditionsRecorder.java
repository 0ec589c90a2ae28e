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
 * While Spring finds out ahead of time which beans there are, writes down which settings
 * it has asked for, and what they were: {@link AotConditions} are those settings.
 */
class AotConditionsRecorder implements ApplicationContextInitializer<ConfigurableApplicationContext>,
		BeanFactoryInitializationAotProcessor {

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		if (SpringProperties.getFlag(AbstractAotProcessor.AOT_PROCESSING)) {
			context.getEnvironment().getPropertySources().addFirst(new Asked());
		}
	}

	@Override
	public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
			ConfigurableListableBeanFactory beans) {
		ConfigurableEnvironment environment = beans.getBean(ConfigurableApplicationContext.ENVIRONMENT_BEAN_NAME,
				ConfigurableEnvironment.class);
		if (!(environment.getPropertySources().get(Asked.NAME) instanceof Asked asked)) {
			return null;
		}
		// Of the names, a copy: what is asked for while they are written down is added,
		// too.
		return (generation, code) -> generation.getGeneratedFiles()
			.addResourceFile(AotConditions.RESOURCE, AotConditions.text(Set.copyOf(asked.getSource()), environment));
	}

	/** Has no setting, and is asked for each of them before the sources that have it. */
	private static final class Asked extends PropertySource<Set<String>> {

		private static final String NAME = "asked";

		private Asked() {
			// Spring has asked for these before.
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
