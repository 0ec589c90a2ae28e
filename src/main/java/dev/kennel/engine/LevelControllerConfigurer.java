package dev.kennel.engine;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;

import dev.kennel.engine.plan.ControllerDataFetcher;
import graphql.schema.DataFetcher;
import graphql.schema.FieldCoordinates;
import graphql.schema.GraphQLCodeRegistry;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLNamedType;
import graphql.schema.GraphQLSchemaElement;
import graphql.schema.GraphQLTypeVisitorStub;
import graphql.util.TraversalControl;
import graphql.util.TraverserContext;
import jakarta.validation.Constraint;
import jakarta.validation.Valid;
import jakarta.validation.Validator;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.SynthesizingMethodParameter;
import org.springframework.graphql.data.ArgumentValue;
import org.springframework.graphql.data.method.HandlerMethodArgumentResolver;
import org.springframework.graphql.data.method.HandlerMethodArgumentResolverComposite;
import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.GraphQlExceptionHandler;
import org.springframework.graphql.data.method.annotation.support.AnnotatedControllerConfigurer;
import org.springframework.graphql.data.method.annotation.support.ArgumentMethodArgumentResolver;
import org.springframework.graphql.execution.SelfDescribingDataFetcher;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.validation.annotation.Validated;
import org.springframework.web.bind.annotation.ControllerAdvice;

/**
 * Configures annotated controllers like Spring for GraphQL, except that methods are
 * invoked by a {@link ControllerDataFetcher} where the result is the same. Spring invokes
 * methods of subscriptions, with reactive, Spring Data or {@link Callable} return types,
 * with validation groups, and of controllers with exception handlers.
 */
final class LevelControllerConfigurer extends AnnotatedControllerConfigurer {

	private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

	/** Returns the visitor that replaces data fetchers of Spring where possible. */
	GraphQLTypeVisitorStub visitor() {
		// Scans all beans: once, and not for each field.
		boolean advised = obtainApplicationContext().getBeanNamesForAnnotation(ControllerAdvice.class).length > 0;
		return new GraphQLTypeVisitorStub() {

			@Override
			public TraversalControl visitGraphQLFieldDefinition(GraphQLFieldDefinition field,
					TraverserContext<GraphQLSchemaElement> context) {
				if (context.getParentNode() instanceof GraphQLNamedType parent
						&& !parent.getName().equals("Subscription")) {
					GraphQLCodeRegistry.Builder registry = context.getVarFromParents(GraphQLCodeRegistry.Builder.class);
					FieldCoordinates coordinates = FieldCoordinates.coordinates(parent.getName(), field.getName());
					DataFetcher<?> fetcher = registry.getDataFetcher(coordinates, field);
					if (field.getArgument(IncludeDeprecatedDataFetcher.INCLUDE_DEPRECATED) != null) {
						registry.dataFetcher(coordinates, new IncludeDeprecatedDataFetcher(fetcher));
					}
					DataFetcher<?> replacement = advised ? null : toControllerFetcher(fetcher);
					if (replacement != null) {
						registry.dataFetcher(coordinates, replacement);
					}
				}
				return TraversalControl.CONTINUE;
			}

		};
	}

	private @Nullable ControllerDataFetcher toControllerFetcher(DataFetcher<?> fetcher) {
		if (!(fetcher instanceof SelfDescribingDataFetcher<?> described)) {
			return null;
		}
		Method method = described.asMethod();
		if (method == null || usesSpringValidation(method) || hasExceptionHandlers(method.getDeclaringClass())
				|| !hasPlainReturnType(method)) {
			return null;
		}
		ApplicationContext context = obtainApplicationContext();
		Class<?> type = method.getDeclaringClass();
		if (context.getBeanNamesForType(type).length != 1) {
			return null;
		}
		HandlerMethodArgumentResolverComposite resolvers = getArgumentResolvers();
		List<ControllerDataFetcher.Parameter> parameters = new ArrayList<>();
		for (int index = 0; index < method.getParameterCount(); index++) {
			MethodParameter parameter = new SynthesizingMethodParameter(method, index);
			parameter.initParameterNameDiscovery(NAMES);
			HandlerMethodArgumentResolver resolver = resolvers.getArgumentResolver(parameter);
			if (resolver == null) {
				return null;
			}
			boolean shared = resolver instanceof ArgumentMethodArgumentResolver
					|| resolver instanceof LevelArgumentResolver;
			parameters.add(new ControllerDataFetcher.Parameter(parameter, resolver, shared,
					nullableArgument(parameter, resolver)));
		}
		return new ControllerDataFetcher(described, () -> context.getBean(type), method, parameters,
				hasParameterWith(method, Valid.class) || hasParameterWith(method, Constraint.class)
						? context.getBean(Validator.class).forExecutables() : null);
	}

	/**
	 * Returns the name of the parameter's argument, or null if its resolver has to bind
	 * null as well: a primitive, an Optional, an ArgumentValue, or the resolver is
	 * another one or a subclass.
	 */
	private static @Nullable String nullableArgument(MethodParameter parameter,
			HandlerMethodArgumentResolver resolver) {
		Argument argument = parameter.getParameterAnnotation(Argument.class);
		Class<?> type = parameter.getParameterType();
		if (resolver.getClass() != ArgumentMethodArgumentResolver.class || argument == null || type.isPrimitive()
				|| type == Optional.class || type == ArgumentValue.class) {
			return null;
		}
		return argument.name().isEmpty() ? parameter.getParameterName() : argument.name();
	}

	/** Returns whether {@code @Validated} or {@code @Valid} configures the validation. */
	private static boolean usesSpringValidation(Method method) {
		return AnnotatedElementUtils.hasAnnotation(method, Validated.class)
				|| AnnotatedElementUtils.hasAnnotation(method, Valid.class)
				|| AnnotatedElementUtils.hasAnnotation(method.getDeclaringClass(), Validated.class)
				|| AnnotatedElementUtils.hasAnnotation(method.getDeclaringClass(), Valid.class)
				|| hasParameterWith(method, Validated.class);
	}

	private static boolean hasParameterWith(Method method, Class<? extends Annotation> type) {
		return Arrays.stream(method.getParameterAnnotations())
			.flatMap(Arrays::stream)
			.anyMatch((annotation) -> MergedAnnotations.from(annotation).isPresent(type));
	}

	private static boolean hasExceptionHandlers(Class<?> controller) {
		return Arrays.stream(ReflectionUtils.getAllDeclaredMethods(controller))
			.anyMatch((method) -> AnnotatedElementUtils.hasAnnotation(method, GraphQlExceptionHandler.class));
	}

	/** Returns whether the engine completes the return type without adaptation. */
	private static boolean hasPlainReturnType(Method method) {
		ResolvableType type = ResolvableType.forMethodReturnType(method);
		Class<?> returnType = type.toClass();
		if (CompletionStage.class.isAssignableFrom(returnType)) {
			returnType = type.as(CompletionStage.class).getGeneric().toClass();
		}
		else if (ReactiveAdapterRegistry.getSharedInstance().getAdapter(returnType) != null) {
			return false;
		}
		return !Callable.class.isAssignableFrom(returnType)
				&& !ClassUtils.getPackageName(returnType).startsWith("org.springframework.data.");
	}

}
