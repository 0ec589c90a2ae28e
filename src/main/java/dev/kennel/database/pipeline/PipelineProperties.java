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
 * one for each processor, and four times as many without pipelining
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
	 * A connection then has one statement in flight, including its time on the network.
	 */
	private static final int UNPIPELINED_FACTOR = 4;

	/**
	 * Returns the maximum number of statements of an account in flight on a connection.
	 * @param pipelined whether a connection has several statements in flight
	 */
	int statementsPerConnection(boolean pipelined) {
		return Math.max(1, this.statementsPerAccount / shared(pipelined));
	}

	/**
	 * Returns the number of connections shared by short statements.
	 * @param pipelined whether a connection has several statements in flight
	 */
	int shared(boolean pipelined) {
		if (this.connections > 0) {
			return this.connections;
		}
		int processors = Math.max(2, Runtime.getRuntime().availableProcessors());
		return pipelined ? processors : Math.min(64, UNPIPELINED_FACTOR * processors);
	}

}
