package dev.kennel.database.migration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.kennel.concurrency.OperationDeadline;
import dev.kennel.database.ConnectionSettings;
import dev.kennel.database.DatabaseConfiguration;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * Migrates the database and exits ({@code --kennel.migrate-only}), without the rest of
 * the service: for a job before instances are started with {@code
 * spring.flyway.enabled=false}. Concurrent jobs wait for each other.
 */
@ImportAutoConfiguration({ DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class })
@Import({ DatabaseConfiguration.class, ConnectionSettings.class, MigrationConfiguration.class })
public class MigrationApplication {

	private static final Logger logger = LoggerFactory.getLogger(MigrationApplication.class);

	private static final String ARGUMENT = "--kennel.migrate-only";

	/**
	 * The timeouts of the pool need a deadline; no statement is executed on the pool.
	 */
	@Bean
	OperationDeadline operationDeadline() {
		return () -> Duration.ofSeconds(10);
	}

	/**
	 * Returns whether to migrate and exit.
	 * @param arguments the arguments of the command line
	 * @return whether {@code --kennel.migrate-only} is among them, alone or with the
	 * value {@code true}, or {@code KENNEL_MIGRATE_ONLY} is {@code true} in the
	 * environment
	 */
	public static boolean isRequested(String... arguments) {
		for (String argument : arguments) {
			if (argument.equals(ARGUMENT) || argument.equals(ARGUMENT + "=true")) {
				return true;
			}
		}
		return List.of("KENNEL_MIGRATE_ONLY", "KENNEL_MIGRATEONLY")
			.stream()
			.map(System::getenv)
			.anyMatch((value) -> value != null && value.toLowerCase(Locale.ROOT).equals("true"));
	}

	/**
	 * Migrates the database.
	 * @param arguments the settings, as those of the service
	 * @return the version of the schema
	 */
	public static String migrate(String... arguments) {
		SpringApplication application = new SpringApplication(MigrationApplication.class);
		List<String> all = new ArrayList<>(List.of(arguments));
		// An argument without a value is no setting.
		all.removeIf((argument) -> argument.startsWith(ARGUMENT));
		// Override settings that are meant for the service.
		all.add("--spring.main.web-application-type=none");
		all.add("--spring.flyway.enabled=true");
		try (ConfigurableApplicationContext context = application.run(all.toArray(String[]::new))) {
			MigrationInfo current = context.getBean(Flyway.class).info().current();
			String version = (current != null) ? String.valueOf(current.getVersion()) : "0";
			logger.info("The database has version {}", version);
			return version;
		}
	}

}
