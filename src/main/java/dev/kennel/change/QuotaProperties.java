package dev.kennel.change;

import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How much an account may have. Where a quota is lowered, an account that has more keeps
 * it, and can add nothing.
 *
 * @param owners the most owners
 * @param dogs the most dogs
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
