package dev.kennel.database;

import java.util.Map;

import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

/**
 * Makes of {@code spring.flyway.enabled=false} that nothing is migrated, instead of that
 * Spring has other beans: what has been found out about them ahead of time fits then, and
 * the start is as fast as any.
 */
class MigratedElsewhere implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

	private static final String ENABLED = "spring.flyway.enabled";

	/** Not of {@code kennel}: it is no setting. */
	private static final String ELSEWHERE = "internal.migrated-elsewhere";

	static boolean is(Environment settings) {
		return settings.getProperty(ELSEWHERE, Boolean.class, false);
	}

	@Override
	public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
		ConfigurableEnvironment settings = event.getEnvironment();
		if (!settings.getProperty(ENABLED, Boolean.class, true)) {
			settings.getPropertySources()
				.addFirst(new MapPropertySource("migrated elsewhere", Map.of(ENABLED, "true", ELSEWHERE, "true")));
		}
	}

	/** Once all settings are there, and before they are compared. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE - 1;
	}

}
