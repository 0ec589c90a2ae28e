package dev.kennel.database;

import java.nio.file.Path;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where Kennel keeps what it makes for itself when nothing else is configured.
 *
 * @param dataDir the folder of the embedded PostgreSQL and of the signing key; relative
 * to the working directory
 */
@ConfigurationProperties("kennel")
public record DataDirectoryProperties(@DefaultValue("kennel-data") Path dataDir) {
}
