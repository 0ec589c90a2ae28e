package dev.kennel.database;

import java.util.function.DoubleSupplier;

import io.micrometer.core.instrument.Tags;

/**
 * A figure that the store has to be asked for.
 *
 * @param name the name of the gauge
 * @param tags its tags
 * @param unit its base unit, or an empty text
 * @param description what it shows
 * @param read asks the store, with a statement that takes little whatever is stored
 */
public record DatabaseSample(String name, Tags tags, String unit, String description, DoubleSupplier read) {
}
