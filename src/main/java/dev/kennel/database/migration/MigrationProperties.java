package dev.kennel.database.migration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Makes {@code kennel.migrate-only} known to the check of unknown settings.
 * {@code kennel.data-dir} has its own record, since it configures the package
 * {@code database.embedded}.
 *
 * @param migrateOnly whether the process migrates the database and exits; read by
 * {@link MigrationApplication}, from the command line and the environment only
 */
@ConfigurationProperties("kennel")
record MigrationProperties(@DefaultValue("false") boolean migrateOnly) {
}
