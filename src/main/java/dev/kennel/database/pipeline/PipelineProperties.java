package dev.kennel.database.pipeline;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The connections that lists are read by, beside those of
 * {@code spring.datasource.hikari}.
 *
 * @param connections how many are shared by statements that are short; {@code 0} is one
 * for each processor
 * @param scanConnections how many there are for statements that may read all rows of an
 * account
 * @param statementsPerAccount how many statements of an account are under way at once
 */
@Validated
@ConfigurationProperties("kennel.database.pipeline")
record PipelineProperties(@DefaultValue("0") @Min(0) @Max(64) int connections,
		@DefaultValue("3") @Min(1) @Max(64) int scanConnections, @DefaultValue("8") @Min(1) int statementsPerAccount) {

	int shared() {
		return (this.connections > 0) ? this.connections : Math.max(2, Runtime.getRuntime().availableProcessors());
	}

}
