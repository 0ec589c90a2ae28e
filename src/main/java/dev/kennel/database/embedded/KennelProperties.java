package dev.kennel.database.embedded;

import java.nio.file.Path;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The data directory, and whether the process only migrates the database.
 *
 * @param dataDir the directory of the embedded PostgreSQL and of the generated signing
 * key; relative to the working directory
 * @param migrateOnly whether the process migrates the database and exits; read by
 * {@code MigrationApplication}, from the command line and the environment only
 */
@ConfigurationProperties("kennel")
public record KennelProperties(@DefaultValue("kennel-data") Path dataDir,
		@DefaultValue("false") boolean migrateOnly) {
}
