package dev.kennel.paging;

import dev.kennel.engine.LevelArgumentResolver;
import dev.kennel.paging.filter.FilterLimits;
import graphql.schema.DataFetchingEnvironment;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;

/** Resolves the {@link PageArguments} parameter of a controller method. */
@Component
@EnableConfigurationProperties(PagingProperties.class)
class PageArgumentsResolver implements LevelArgumentResolver {

	private final PagingProperties properties;

	PageArgumentsResolver(PagingProperties properties) {
		this.properties = properties;
	}

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return parameter.getParameterType() == PageArguments.class;
	}

	@Override
	public Object resolveArgument(MethodParameter parameter, DataFetchingEnvironment environment) {
		return new PageArguments(environment.getArgument("first"), environment.getArgument("after"),
				environment.getArgument("last"), environment.getArgument("before"),
				FilterLimits.check(environment.getArgument("filter")), this.properties);
	}

}
