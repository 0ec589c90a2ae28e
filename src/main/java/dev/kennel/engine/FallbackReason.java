package dev.kennel.engine;

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

/** Why an operation is left to graphql-java's own strategy. */
public enum FallbackReason {

	/** It asks for the schema. */
	INTROSPECTION,

	/** Parts of its response may come later. */
	INCREMENTAL_DELIVERY,

	/** Null is to stay where an error was. */
	NO_ERROR_PROPAGATION,

	/** Something wants to be told of each field. */
	FIELD_INSTRUMENTATION,

	/** Something decides on each node whether it is included. */
	NODE_DECISION,

	/** The number of nodes in the result is limited. */
	LIMITED_NODES,

	/** Something watches the engine. */
	OBSERVED_ENGINE,

	/** Something else makes the maps of the response. */
	RESPONSE_MAPS;

	/** The callbacks that a strategy makes, rather than the engine around it. */
	private static final Set<String> CALLBACKS = Set.of("beginExecutionStrategy", "beginExecuteObject",
			"beginDeferredField", "beginFieldExecution", "beginFieldFetch", "beginFieldFetching",
			"beginFieldCompletion", "beginFieldListCompletion", "instrumentDataFetcher");

	private static final Map<Class<?>, Boolean> CALLED_BACK = new ConcurrentHashMap<>();

	static @Nullable FallbackReason find(ExecutionContext context) {
		GraphQLContext shared = context.getGraphQLContext();
		if (shared.getBoolean(ExperimentalApi.ENABLE_INCREMENTAL_SUPPORT)) {
			return INCREMENTAL_DELIVERY;
		}
		if (!context.propagateErrorsOnNonNullContractFailure()) {
			return NO_ERROR_PROPAGATION;
		}
		if (isCalledBack(context.getInstrumentation())) {
			return FIELD_INSTRUMENTATION;
		}
		if (shared.get(ConditionalNodeDecision.class) != null) {
			return NODE_DECISION;
		}
		if (shared.get(ResultNodesInfo.MAX_RESULT_NODES) != null) {
			return LIMITED_NODES;
		}
		if (shared.get(EngineRunningObserver.ENGINE_RUNNING_OBSERVER_KEY) != null
				|| context.getExecutionInput().isProfileExecution()) {
			return OBSERVED_ENGINE;
		}
		ResponseMapFactory maps = GraphQL.unusualConfiguration(shared)
			.responseMapFactory()
			.getOr(ResponseMapFactory.DEFAULT);
		return ResponseMapFactory.DEFAULT.equals(maps) ? null : RESPONSE_MAPS;
	}

	private static boolean isCalledBack(Instrumentation instrumentation) {
		if (instrumentation.getClass() == ChainedInstrumentation.class) {
			for (Instrumentation part : ((ChainedInstrumentation) instrumentation).getInstrumentations()) {
				if (isCalledBack(part)) {
					return true;
				}
			}
			return false;
		}
		return CALLED_BACK.computeIfAbsent(instrumentation.getClass(), FallbackReason::overridesCallbacks);
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
