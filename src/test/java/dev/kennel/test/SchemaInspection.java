package dev.kennel.test;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.graphql.autoconfigure.GraphQlSourceBuilderCustomizer;
import org.springframework.graphql.execution.GraphQlSource.SchemaResourceBuilder;
import org.springframework.graphql.execution.SchemaReport;

/** The report of Spring for GraphQL's comparison of the schema with the controllers. */
public class SchemaInspection implements GraphQlSourceBuilderCustomizer {

	private @Nullable SchemaReport report;

	@Override
	public void customize(SchemaResourceBuilder builder) {
		builder.inspectSchemaMappings((found) -> this.report = found);
	}

	/**
	 * Returns the report.
	 * @return the report
	 */
	public SchemaReport report() {
		if (this.report == null) {
			throw new IllegalStateException("The schema has not been built");
		}
		return this.report;
	}

}
