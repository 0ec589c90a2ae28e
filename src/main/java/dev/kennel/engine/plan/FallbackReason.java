package dev.kennel.engine.plan;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import graphql.ExperimentalApi;
import graphql.GraphQL;
import graphql.GraphQLContext;
import graphql.execution.EngineRunningObserver;
import graphql.execution.ExecutionContext;
import graphql.execution.ResponseMapFactory;
import graphql.execution.ResultNodesInfo;
import graphql.execution.conditional.ConditionalNodeDecision;
import graphql.execution.instrumentation.ChainedInstrumentation;
import graphql.execution.instrumentation.Instrumentation;
import graphql.execution.instrumentation.SimplePerformantInstrumentation;
import org.jspecify.annotations.Nullable;

/** The reason why graphql-java's own strategy executes an operation. */
public enum FallbackReason {

	/** The operation is an introspection query, or contains one. */
	INTROSPECTION,

	/** graphql-java's own incremental delivery is enabled. */
	INCREMENTAL_DELIVERY,

	/** An instrumentation overrides callbacks of fields. */
	FIELD_INSTRUMENTATION,

	/** A {@link ConditionalNodeDecision} includes or excludes nodes. */
	NODE_DECISION,

	/** The number of result nodes is limited. */
	LIMITED_NODES,

	/** The engine is observed or profiled. */
	OBSERVED_ENGINE,

	/** A custom {@link ResponseMapFactory} is configured. */
	RESPONSE_MAPS;

	/** The callbacks that an execution strategy invokes. */
	private static final Set<String> CALLBACKS = Set.of("beginExecutionStrategy", "beginExecuteObject",
			"beginDeferredField", "beginFieldExecution", "beginFieldFetch", "beginFieldFetching",
			"beginFieldCompletion", "beginFieldListCompletion", "instrumentDataFetcher");

	private static final Map<Class<?>, Boolean> OVERRIDES_CALLBACKS = new ConcurrentHashMap<>();

	static @Nullable FallbackReason find(ExecutionContext context) {
		GraphQLContext graphQlContext = context.getGraphQLContext();
		if (graphQlContext.getBoolean(ExperimentalApi.ENABLE_INCREMENTAL_SUPPORT)) {
			return INCREMENTAL_DELIVERY;
		}
		if (needsCallbacks(context.getInstrumentation())) {
			return FIELD_INSTRUMENTATION;
		}
		if (graphQlContext.get(ConditionalNodeDecision.class) != null) {
			return NODE_DECISION;
		}
		if (graphQlContext.get(ResultNodesInfo.MAX_RESULT_NODES) != null) {
			return LIMITED_NODES;
		}
		if (graphQlContext.get(EngineRunningObserver.ENGINE_RUNNING_OBSERVER_KEY) != null
				|| context.getExecutionInput().isProfileExecution()) {
			return OBSERVED_ENGINE;
		}
		ResponseMapFactory maps = GraphQL.unusualConfiguration(graphQlContext)
			.responseMapFactory()
			.getOr(ResponseMapFactory.DEFAULT);
		return ResponseMapFactory.DEFAULT.equals(maps) ? null : RESPONSE_MAPS;
	}

	private static boolean needsCallbacks(Instrumentation instrumentation) {
		if (instrumentation.getClass() == ChainedInstrumentation.class) {
			for (Instrumentation part : ((ChainedInstrumentation) instrumentation).getInstrumentations()) {
				if (needsCallbacks(part)) {
					return true;
				}
			}
			return false;
		}
		return OVERRIDES_CALLBACKS.computeIfAbsent(instrumentation.getClass(), FallbackReason::overridesCallbacks);
	}

	private static boolean overridesCallbacks(Class<?> type) {
		for (Method method : type.getMethods()) {
			if (CALLBACKS.contains(method.getName()) && method.getDeclaringClass() != Instrumentation.class
					&& method.getDeclaringClass() != SimplePerformantInstrumentation.class) {
				return true;
			}
		}
		return false;
	}

}
