package dev.kennel.graphql.execution;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.function.Supplier;

import graphql.TrivialDataFetcher;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.graphql.data.method.HandlerMethodArgumentResolver;
import org.springframework.util.function.SingletonSupplier;

/**
 * Calls a controller's method. What its parameters are, and what those are for all
 * objects of a level, is found out once for the level; each object then costs no more
 * than the call.
 *
 * <p>
 * It is trivial in that it is called on the thread of the request, and what it answers is
 * the engine's to wait for: nothing has to be carried over to another thread.
 */
final class ControllerFetcher implements TrivialDataFetcher<Object> {

	private final Supplier<Object> controller;

	private final Method method;

	private final List<Parameter> parameters;

	ControllerFetcher(Supplier<Object> controller, Method method, List<Parameter> parameters) {
		this.controller = SingletonSupplier.of(controller);
		this.method = method;
		this.parameters = List.copyOf(parameters);
		this.method.setAccessible(true);
	}

	@Override
	public @Nullable Object get(DataFetchingEnvironment environment) throws Exception {
		return get(environment, shared(environment));
	}

	/** Resolves what does not depend on the object. */
	@Nullable Object[] shared(DataFetchingEnvironment environment) throws Exception {
		@Nullable Object[] values = new Object[this.parameters.size()];
		for (int index = 0; index < values.length; index++) {
			Parameter parameter = this.parameters.get(index);
			if (parameter.shared()) {
				values[index] = parameter.resolve(environment);
			}
		}
		return values;
	}

	/**
	 * Calls the method for an object.
	 * @param environment the field of the object
	 * @param shared what is the same for all objects of the level
	 */
	@Nullable Object get(DataFetchingEnvironment environment, @Nullable Object[] shared) throws Exception {
		@Nullable Object[] values = shared.clone();
		for (int index = 0; index < values.length; index++) {
			Parameter parameter = this.parameters.get(index);
			if (!parameter.shared()) {
				values[index] = parameter.resolve(environment);
			}
		}
		try {
			return this.method.invoke(this.controller.get(), values);
		}
		catch (InvocationTargetException ex) {
			switch (ex.getTargetException()) {
				case Exception failure -> throw failure;
				case Error failure -> throw failure;
				default -> throw ex;
			}
		}
	}

	@Override
	public String toString() {
		return this.method.toString();
	}

	/**
	 * A parameter.
	 *
	 * @param parameter the parameter
	 * @param resolver resolves it
	 * @param shared whether it is the same for all objects of a level
	 */
	record Parameter(MethodParameter parameter, HandlerMethodArgumentResolver resolver, boolean shared) {

		@Nullable Object resolve(DataFetchingEnvironment environment) throws Exception {
			return this.resolver.resolveArgument(this.parameter, environment);
		}

	}

}
