package dev.kennel.graphql.http;

import java.time.Duration;

import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Where GraphiQL is. The page itself is the welcome page, by the static locations in
 * {@code application.yaml}.
 */
@Configuration(proxyBeanMethods = false)
class GraphiQlConfiguration implements WebMvcConfigurer {

	@Override
	public void addViewControllers(ViewControllerRegistry registry) {
		// Where Spring Boot has it, and people look for it.
		registry.addRedirectViewController("/graphiql", "/");
		registry.addRedirectViewController("/graphiql/", "/");
	}

	@Override
	public void addResourceHandlers(ResourceHandlerRegistry registry) {
		// Three megabytes that never change: their paths have the versions in them.
		registry.addResourceHandler("/_static/**")
			.addResourceLocations("classpath:/META-INF/resources/_static/")
			.setCacheControl(CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable());
	}

}
