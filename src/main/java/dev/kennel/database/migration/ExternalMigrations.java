package dev.kennel.database.migration;

import java.util.Map;

import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

/**
 * Turns {@code spring.flyway.enabled=false} into a flag that skips the migrations,
 * instead of removing beans: the beans that Spring has prepared ahead of time still fit,
 * and the start stays fast.
 */
public class ExternalMigrations implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

	private static final String ENABLED = "spring.flyway.enabled";

	/** Not under {@code kennel}, since it is no setting. */
	private static final String FLAG = "internal.external-migrations";

	/**
	 * Returns whether the migrations are executed elsewhere.
	 * @param settings the settings of the service
	 * @return whether {@code spring.flyway.enabled} is false
	 */
	public static boolean isSet(Environment settings) {
		return settings.getProperty(FLAG, Boolean.class, false);
	}

	@Override
	public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
		ConfigurableEnvironment settings = event.getEnvironment();
		if (!settings.getProperty(ENABLED, Boolean.class, true)) {
			settings.getPropertySources()
				.addFirst(new MapPropertySource("external migrations", Map.of(ENABLED, "true", FLAG, "true")));
		}
	}

	/**
	 * After all settings are loaded, and before they are compared with those of the
	 * build.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE - 1;
	}

}
