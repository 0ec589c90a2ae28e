package dev.kennel.text;

import org.springframework.boot.validation.autoconfigure.ValidationConfigurationCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Configures Bean Validation of input. */
@Configuration(proxyBeanMethods = false)
class ValidationConfiguration {

	@Bean
	ValidationConfigurationCustomizer listElements() {
		return (configuration) -> configuration.addValueExtractor(new BoundedListValueExtractor());
	}

}
