package dev.kennel.engine.plan;

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
 * Invokes a controller method. Arguments that are the same for all objects of a level are
 * resolved once for the level, so that each object costs little more than the invocation.
 *
 * <p>
 * It is a {@link TrivialDataFetcher}: it is called on the thread of the execution, and
 * the engine awaits its result, so that no context has to be propagated to another
 * thread.
 */
public final class ControllerDataFetcher implements TrivialDataFetcher<Object>, SelfDescribingDataFetcher<Object> {

	private final SelfDescribingDataFetcher<?> description;

	private final Supplier<Object> controller;

	private final Method method;

	private final List<Parameter> parameters;

	private final @Nullable ExecutableValidator validator;

	/**
	 * Creates a fetcher.
	 * @param description the data fetcher of Spring, for the description of the method
	 * @param controller the supplier of the controller bean
	 * @param method the controller method
	 * @param parameters the parameters of the method
	 * @param validator the validator of the arguments, or null if they are unconstrained
	 */
	public ControllerDataFetcher(SelfDescribingDataFetcher<?> description, Supplier<Object> controller, Method method,
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
		return get(environment, resolveShared(environment));
	}

	/** Resolves the arguments that do not depend on the object. */
	public @Nullable Object[] resolveShared(DataFetchingEnvironment environment) throws Exception {
		@Nullable Object[] arguments = new Object[this.parameters.size()];
		for (int index = 0; index < arguments.length; index++) {
			Parameter parameter = this.parameters.get(index);
			if (parameter.shared()) {
				arguments[index] = parameter.resolve(environment);
			}
		}
		return arguments;
	}

	/**
	 * Invokes the method for an object.
	 * @param environment the environment of the field
	 * @param shared the arguments that are the same for all objects of the level
	 */
	public @Nullable Object get(DataFetchingEnvironment environment, @Nullable Object[] shared) throws Exception {
		@Nullable Object[] arguments = shared.clone();
		for (int index = 0; index < arguments.length; index++) {
			Parameter parameter = this.parameters.get(index);
			if (!parameter.shared()) {
				arguments[index] = parameter.resolve(environment);
			}
		}
		Object bean = this.controller.get();
		if (this.validator != null) {
			Set<ConstraintViolation<Object>> violations = this.validator.validateParameters(bean, this.method,
					arguments);
			if (!violations.isEmpty()) {
				throw new ConstraintViolationException(violations);
			}
		}
		try {
			return this.method.invoke(bean, arguments);
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
	 * Returns whether the method may block. A method that returns a
	 * {@link CompletionStage} is assumed not to, as in Spring for GraphQL.
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
	 * A parameter with its resolver.
	 *
	 * @param parameter the parameter
	 * @param resolver the resolver
	 * @param shared whether the argument is the same for all objects of a level
	 * @param nullableArgument the name of the field's argument if the parameter is null
	 * whenever the argument is; null if its resolver has to bind it
	 */
	public record Parameter(MethodParameter parameter, HandlerMethodArgumentResolver resolver, boolean shared,
			@Nullable String nullableArgument) {

		@Nullable Object resolve(DataFetchingEnvironment environment) throws Exception {
			// Most arguments are omitted, which Spring's binder would do much work for.
			if (this.nullableArgument != null && environment.getArgument(this.nullableArgument) == null) {
				return null;
			}
			return this.resolver.resolveArgument(this.parameter, environment);
		}

	}

}
