package dev.kennel.text;

import org.springframework.boot.validation.autoconfigure.ValidationConfigurationCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Sets up how inputs are validated. */
@Configuration(proxyBeanMethods = false)
class ValidationConfiguration {

	@Bean
	ValidationConfigurationCustomizer listElements() {
		return (configuration) -> configuration.addValueExtractor(new BoundedListValueExtractor());
	}

}
