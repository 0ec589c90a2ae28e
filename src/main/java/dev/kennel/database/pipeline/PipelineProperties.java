package dev.kennel.database.pipeline;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The connections for lists, beside the pool of {@code spring.datasource.hikari}.
 *
 * @param connections the number of connections shared by short statements; {@code 0} is
 * one for each processor
 * @param scanConnections the number of connections for statements that may read all rows
 * of an account
 * @param statementsPerAccount the maximum number of short statements of an account in
 * flight, divided among the connections, with at least one for each
 */
@Validated
@ConfigurationProperties("kennel.database.pipeline")
record PipelineProperties(@DefaultValue("0") @Min(0) @Max(64) int connections,
		@DefaultValue("3") @Min(1) @Max(64) int scanConnections, @DefaultValue("8") @Min(1) int statementsPerAccount) {

	/**
	 * Returns the maximum number of statements of an account in flight on a connection.
	 */
	int statementsPerConnection() {
		return Math.max(1, this.statementsPerAccount / shared());
	}

	/** Returns the number of connections shared by short statements. */
	int shared() {
		return (this.connections > 0) ? this.connections : Math.max(2, Runtime.getRuntime().availableProcessors());
	}

}
