package dev.kennel.engine;

import org.springframework.graphql.data.method.HandlerMethodArgumentResolver;

/**
 * Resolves a parameter by the field's arguments and the operation's context alone: the
 * value is the same for all objects of a level, so that it is asked for once.
 */
public interface LevelArgumentResolver extends HandlerMethodArgumentResolver {

}
