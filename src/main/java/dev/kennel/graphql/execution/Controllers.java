package dev.kennel.graphql.execution;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;

import dev.kennel.graphql.LevelArgumentResolver;
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
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.graphql.data.method.HandlerMethodArgumentResolver;
import org.springframework.graphql.data.method.HandlerMethodArgumentResolverComposite;
import org.springframework.graphql.data.method.annotation.GraphQlExceptionHandler;
import org.springframework.graphql.data.method.annotation.support.AnnotatedControllerConfigurer;
import org.springframework.graphql.data.method.annotation.support.ArgumentMethodArgumentResolver;
import org.springframework.graphql.execution.SelfDescribingDataFetcher;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.validation.annotation.Validated;
import org.springframework.web.bind.annotation.ControllerAdvice;

/**
 * Controllers as Spring has them, whose methods are called for a level at once wherever
 * that comes to the same. Left to Spring is what needs more than a call: mutations and
 * subscriptions, parameters that are validated, answers of Reactor's types, of Spring
 * Data's and of {@link Callable}, and controllers with exception handlers of their own.
 */
final class Controllers extends AnnotatedControllerConfigurer {

	private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

	/** Puts a {@link ControllerFetcher} in the place of Spring's, where that will do. */
	GraphQLTypeVisitorStub visitor() {
		// Looks at every bean: once, and not for each field.
		boolean advised = obtainApplicationContext().getBeanNamesForAnnotation(ControllerAdvice.class).length > 0;
		return new GraphQLTypeVisitorStub() {

			@Override
			public TraversalControl visitGraphQLFieldDefinition(GraphQLFieldDefinition field,
					TraverserContext<GraphQLSchemaElement> context) {
				if (context.getParentNode() instanceof GraphQLNamedType parent && !advised
						&& !isRootOfEffects(parent)) {
					GraphQLCodeRegistry.Builder registry = context.getVarFromParents(GraphQLCodeRegistry.Builder.class);
					FieldCoordinates coordinates = FieldCoordinates.coordinates(parent.getName(), field.getName());
					DataFetcher<?> own = find(registry.getDataFetcher(coordinates, field));
					if (own != null) {
						registry.dataFetcher(coordinates, own);
					}
				}
				return TraversalControl.CONTINUE;
			}

		};
	}

	private static boolean isRootOfEffects(GraphQLNamedType type) {
		return type.getName().equals("Mutation") || type.getName().equals("Subscription");
	}

	private @Nullable ControllerFetcher find(DataFetcher<?> fetcher) {
		Method method = (fetcher instanceof SelfDescribingDataFetcher<?> described) ? described.asMethod() : null;
		if (method == null || isValidated(method) || hasExceptionHandlers(method.getDeclaringClass())
				|| !isPlain(method)) {
			return null;
		}
		ApplicationContext context = obtainApplicationContext();
		Class<?> type = method.getDeclaringClass();
		if (context.getBeanNamesForType(type).length != 1) {
			return null;
		}
		HandlerMethodArgumentResolverComposite resolvers = getArgumentResolvers();
		List<ControllerFetcher.Parameter> parameters = new ArrayList<>();
		for (int index = 0; index < method.getParameterCount(); index++) {
			MethodParameter parameter = new MethodParameter(method, index);
			parameter.initParameterNameDiscovery(NAMES);
			HandlerMethodArgumentResolver resolver = resolvers.getArgumentResolver(parameter);
			if (resolver == null) {
				return null;
			}
			boolean shared = resolver instanceof ArgumentMethodArgumentResolver
					|| resolver instanceof LevelArgumentResolver;
			parameters.add(new ControllerFetcher.Parameter(parameter, resolver, shared));
		}
		return new ControllerFetcher(() -> context.getBean(type), method, parameters);
	}

	/** Whether Spring looks at the arguments' constraints before it calls the method. */
	private static boolean isValidated(Method method) {
		if (AnnotatedElementUtils.hasAnnotation(method, Validated.class)
				|| AnnotatedElementUtils.hasAnnotation(method, Valid.class)
				|| AnnotatedElementUtils.hasAnnotation(method.getDeclaringClass(), Validated.class)
				|| AnnotatedElementUtils.hasAnnotation(method.getDeclaringClass(), Valid.class)) {
			return true;
		}
		for (int index = 0; index < method.getParameterCount(); index++) {
			for (Annotation annotation : new MethodParameter(method, index).getParameterAnnotations()) {
				MergedAnnotations merged = MergedAnnotations.from(annotation);
				if (merged.isPresent(Valid.class) || merged.isPresent(Constraint.class)
						|| merged.isPresent(Validated.class)) {
					return true;
				}
			}
		}
		return false;
	}

	private static boolean hasExceptionHandlers(Class<?> controller) {
		return Arrays.stream(ReflectionUtils.getAllDeclaredMethods(controller))
			.anyMatch((method) -> AnnotatedElementUtils.hasAnnotation(method, GraphQlExceptionHandler.class));
	}

	/** Whether what the method answers is the engine's to deal with, as it is. */
	private static boolean isPlain(Method method) {
		ResolvableType type = ResolvableType.forMethodReturnType(method);
		Class<?> answer = type.toClass();
		if (CompletionStage.class.isAssignableFrom(answer)) {
			answer = type.as(CompletionStage.class).getGeneric().toClass();
		}
		else if (ReactiveAdapterRegistry.getSharedInstance().getAdapter(answer) != null) {
			return false;
		}
		return !Callable.class.isAssignableFrom(answer)
				&& !ClassUtils.getPackageName(answer).startsWith("org.springframework.data.");
	}

}
