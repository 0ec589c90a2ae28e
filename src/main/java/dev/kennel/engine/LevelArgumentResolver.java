package dev.kennel.engine;

import org.springframework.graphql.data.method.HandlerMethodArgumentResolver;

/**
 * Resolves a parameter from the arguments of the field and the {@code GraphQLContext}
 * alone. The value is the same for all objects of a level, and is resolved once.
 */
public interface LevelArgumentResolver extends HandlerMethodArgumentResolver {

}
