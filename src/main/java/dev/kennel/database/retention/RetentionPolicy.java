package dev.kennel.database.retention;

import java.time.Duration;

/**
 * How long the rows of a table are kept. The repository of the table declares a policy as
 * a bean; {@link RetentionCleaner} deletes the expired rows of all of them.
 *
 * @param table the name of the table
 * @param column the column from which a row's age is counted, a {@code timestamptz} with
 * an index of its own; a row with null does not expire
 * @param retention the age at which rows expire
 */
public record RetentionPolicy(String table, String column, Duration retention) {
}
