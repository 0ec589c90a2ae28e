package dev.kennel.engine;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import graphql.TrivialDataFetcher;
import graphql.schema.DataFetchingEnvironment;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.executable.ExecutableValidator;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.graphql.data.method.HandlerMethodArgumentResolver;
import org.springframework.graphql.execution.SelfDescribingDataFetcher;
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
final class ControllerDataFetcher implements TrivialDataFetcher<Object>, SelfDescribingDataFetcher<Object> {

	private final SelfDescribingDataFetcher<?> description;

	private final Supplier<Object> controller;

	private final Method method;

	private final List<Parameter> parameters;

	private final @Nullable ExecutableValidator validator;

	/**
	 * Creates a fetcher.
	 * @param description says what it is
	 * @param controller answers the controller
	 * @param method the controller's method
	 * @param parameters the method's parameters
	 * @param validator looks at the constraints of the parameters, if there are any
	 */
	ControllerDataFetcher(SelfDescribingDataFetcher<?> description, Supplier<Object> controller, Method method,
			List<Parameter> parameters, @Nullable ExecutableValidator validator) {
		this.description = description;
		this.controller = SingletonSupplier.of(controller);
		this.method = method;
		this.parameters = List.copyOf(parameters);
		this.validator = validator;
		this.method.setAccessible(true);
	}

	/** Called by graphql-java's own strategies only. */
	@Override
	public @Nullable Object get(DataFetchingEnvironment environment) throws Exception {
		RequiredVariables
			.ofArguments(environment.getField().getArguments(), environment.getFieldDefinition().getArguments())
			.check(environment.getVariables());
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
		Object bean = this.controller.get();
		if (this.validator != null) {
			Set<ConstraintViolation<Object>> violations = this.validator.validateParameters(bean, this.method, values);
			if (!violations.isEmpty()) {
				throw new ConstraintViolationException(violations);
			}
		}
		try {
			return this.method.invoke(bean, values);
		}
		catch (InvocationTargetException ex) {
			switch (ex.getTargetException()) {
				case Exception failure -> throw failure;
				case Error failure -> throw failure;
				default -> throw ex;
			}
		}
	}

	/**
	 * Whether the method may wait for something. One that returns what comes later is
	 * taken at its word, as Spring does.
	 */
	boolean mayBlock() {
		return !CompletionStage.class.isAssignableFrom(this.method.getReturnType());
	}

	@Override
	public String getDescription() {
		return this.description.getDescription();
	}

	@Override
	public ResolvableType getReturnType() {
		return this.description.getReturnType();
	}

	@Override
	public Map<String, ResolvableType> getArguments() {
		return this.description.getArguments();
	}

	@Override
	public Method asMethod() {
		return this.method;
	}

	@Override
	public boolean usesDataLoader() {
		return this.description.usesDataLoader();
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
