package dev.kennel.database.monitor;

import java.util.function.DoubleSupplier;

import io.micrometer.core.instrument.Tags;

/**
 * A gauge whose value is read from the database.
 *
 * @param name the name of the gauge
 * @param tags its tags
 * @param unit its base unit, or an empty string
 * @param description what it shows
 * @param read reads the value, with a statement whose cost does not grow with the data
 */
public record DatabaseSample(String name, Tags tags, String unit, String description, DoubleSupplier read) {
}
