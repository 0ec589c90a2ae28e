package dev.kennel.paging;

import dev.kennel.engine.LevelArgumentResolver;
import graphql.schema.DataFetchingEnvironment;

import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;

/** Gives a controller method its {@link PageArguments} parameter. */
@Component
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
				environment.getArgument("last"), environment.getArgument("before"), this.properties);
	}

}
