package dev.kennel.database;

import java.nio.file.Path;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where Kennel keeps what it makes for itself when nothing else is configured, and what
 * the process is for.
 *
 * @param dataDir the folder of the embedded PostgreSQL and of the signing key; relative
 * to the working directory
 * @param migrateOnly whether the process migrates the database and ends; read by
 * {@link MigrationApplication}, from the command line and the environment only
 */
@ConfigurationProperties("kennel")
public record DataDirectoryProperties(@DefaultValue("kennel-data") Path dataDir,
		@DefaultValue("false") boolean migrateOnly) {
}
