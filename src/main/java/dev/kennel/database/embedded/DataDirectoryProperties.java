package dev.kennel.database.embedded;

import java.nio.file.Path;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configures the data directory. {@code kennel.migrate-only} has its own record, since it
 * configures the package {@code database.migration}.
 *
 * @param dataDir the directory of the embedded PostgreSQL and of the generated signing
 * key; relative to the working directory
 */
@ConfigurationProperties("kennel")
public record DataDirectoryProperties(@DefaultValue("kennel-data") Path dataDir) {
}
