package dev.kennel.graphql;

import java.util.Map;

import dev.kennel.graphql.error.ApiException;
import graphql.GraphQLContext;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;

/**
 * The one place that answers who is asking. The transport puts the request's
 * authentication in; controllers and loaders take the account out.
 */
public final class CallerContext {

	private static final Object CALLER = CallerContext.class;

	private static final Object INVALID = new Object();

	private CallerContext() {
	}

	/**
	 * Remembers who asks, for all fields of an operation.
	 * @param context the operation's context
	 * @param authentication what the security filters found: a {@link Caller} as the
	 * principal of an authenticated one; one that is not authenticated means that a token
	 * was sent and is not valid
	 */
	public static void put(GraphQLContext context, @Nullable Authentication authentication) {
		if (authentication == null) {
			return;
		}
		if (authentication.isAuthenticated() && authentication.getPrincipal() instanceof Caller caller) {
			context.put(CALLER, caller);
		}
		else if (!authentication.isAuthenticated()) {
			context.put(CALLER, INVALID);
		}
	}

	/**
	 * Remembers who asks, for all fields of an operation.
	 * @param context the operation's context
	 * @param caller who asks
	 */
	public static void put(GraphQLContext context, Caller caller) {
		context.put(CALLER, caller);
	}

	/**
	 * Makes the context of what a log-in answers: the request came signed out, or as
	 * somebody else, but the fields below are the new caller's.
	 * @param caller who has just logged in
	 * @return the local context
	 */
	public static GraphQLContext local(Caller caller) {
		return GraphQLContext.of(Map.of(CALLER, caller));
	}

	/**
	 * Answers who asks for a field.
	 * @param environment the field
	 * @return the caller: who has logged in above the field, else who sent the request;
	 * null if it carries no token
	 * @throws ApiException with UNAUTHENTICATED if it carries one that is not valid
	 */
	public static @Nullable Caller find(DataFetchingEnvironment environment) {
		Object local = environment.getLocalContext();
		return find((local instanceof GraphQLContext context && context.hasKey(CALLER)) ? context
				: environment.getGraphQlContext());
	}

	/**
	 * Answers who asks.
	 * @param context the operation's context
	 * @return the caller, or null if the request carries no token
	 * @throws ApiException with UNAUTHENTICATED if it carries one that is not valid
	 */
	public static @Nullable Caller find(GraphQLContext context) {
		Object caller = context.get(CALLER);
		if (caller == INVALID) {
			throw ApiException.unauthenticated("The access token is not valid or no longer so. Log in again.");
		}
		return (Caller) caller;
	}

	/**
	 * Answers who asks for a field, where somebody has to.
	 * @param environment the field
	 * @return the caller
	 * @throws ApiException with UNAUTHENTICATED if there is no valid token
	 */
	public static Caller require(DataFetchingEnvironment environment) {
		Caller caller = find(environment);
		if (caller == null) {
			throw ApiException.unauthenticated("This needs an account. Log in, and send the access token.");
		}
		return caller;
	}

}
