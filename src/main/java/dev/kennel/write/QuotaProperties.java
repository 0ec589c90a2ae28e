package dev.kennel.write;

import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The quotas of each account. If a quota is lowered, an account that exceeds it keeps its
 * rows, and can't add any.
 *
 * @param owners the maximum number of owners
 * @param dogs the maximum number of dogs
 */
@Validated
@ConfigurationProperties("kennel.quota")
record QuotaProperties(@DefaultValue("100000") @Min(1) int owners, @DefaultValue("1000000") @Min(1) int dogs) {

	int max(Quota quota) {
		return switch (quota) {
			case OWNERS -> this.owners;
			case DOGS -> this.dogs;
		};
	}

}
