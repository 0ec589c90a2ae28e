package dev.kennel.graphql.http;

import java.time.Duration;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Serves GraphiQL, unless it is switched off: then none of its paths exists. Spring
 * Boot's own static resources are switched off in {@code application.yaml}, so no other
 * file of the class path has a path.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(GraphiQlProperties.class)
class GraphiQlConfiguration implements WebMvcConfigurer {

	private final boolean enabled;

	GraphiQlConfiguration(GraphiQlProperties properties) {
		this.enabled = properties.enabled();
	}

	@Override
	public void addViewControllers(ViewControllerRegistry registry) {
		if (this.enabled) {
			registry.addViewController("/").setViewName("forward:/index.html");
			// Where Spring Boot has it, and people look for it.
			// With a status of their own, they are relative: nothing of a request says
			// which host a proxy is known by.
			registry.addRedirectViewController("/graphiql", "/").setStatusCode(HttpStatus.FOUND);
			registry.addRedirectViewController("/graphiql/", "/").setStatusCode(HttpStatus.FOUND);
		}
	}

	@Override
	public void addResourceHandlers(ResourceHandlerRegistry registry) {
		if (this.enabled) {
			// Kept, and asked for each time whether it is still the same.
			registry.addResourceHandler("/*")
				.addResourceLocations("classpath:/graphiql/")
				.setCacheControl(CacheControl.noCache());
			// Three megabytes that never change: their paths have the versions in them.
			registry.addResourceHandler("/_static/**")
				.addResourceLocations("classpath:/META-INF/resources/_static/")
				.setCacheControl(CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable());
		}
	}

}
