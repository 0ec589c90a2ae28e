package dev.kennel.graphql.document;

import jakarta.validation.constraints.AssertTrue;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;
import org.springframework.validation.annotation.Validated;

/**
 * Configures trusted documents.
 *
 * @param location a manifest of {@code @apollo/generate-persisted-query-manifest},
 * GraphQL Code Generator or relay-compiler, or a directory with {@code .graphql} files
 * @param mode whether other documents may be executed as well
 */
@Validated
@ConfigurationProperties("kennel.graphql.trusted-documents")
record TrustedDocumentsProperties(@Nullable String location, @DefaultValue("off") Mode mode) {

	/** Whether documents have to be trusted. */
	enum Mode {

		/** Any document may be executed. */
		OFF,

		/** Only trusted documents may be executed. */
		STRICT

	}

	@AssertTrue(
			message = "kennel.graphql.trusted-documents.mode=strict needs kennel.graphql.trusted-documents.location")
	boolean isLocationSetWhereNeeded() {
		return this.mode == Mode.OFF || StringUtils.hasText(this.location);
	}

}
