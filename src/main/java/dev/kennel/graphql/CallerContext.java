package dev.kennel.graphql;

import java.util.function.Function;

import dev.kennel.engine.OperationCache;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorReason;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.identity.CallerAuthentication;
import dev.kennel.identity.Client;
import graphql.GraphQLContext;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * The caller of an operation, stored in its {@link GraphQLContext}. The transport stores
 * the request's authentication; controllers and loaders read the account.
 */
public final class CallerContext {

	private static final Object CALLER = CallerContext.class;

	private CallerContext() {
	}

	/**
	 * Stores the caller for all fields of an operation.
	 * @param context the operation's context
	 * @param authentication the outcome of verifying the access token; null if the
	 * request has none
	 */
	public static void put(GraphQLContext context, @Nullable CallerAuthentication authentication) {
		if (RequestBatch.isSessionEnded(context)) {
			context.put(CALLER, ErrorReason.SESSION_ENDED);
		}
		else if (authentication != null) {
			if (authentication.caller() != null) {
				context.put(CALLER, authentication.caller());
			}
			else if (authentication.refusal() != null) {
				context.put(CALLER, authentication.refusal());
			}
		}
	}

	/**
	 * Replaces the caller for the fields that follow and for the subfields of this one,
	 * after a login or logout.
	 * @param environment the field
	 * @param caller the new caller, or null if signed out
	 */
	public static void switchCaller(DataFetchingEnvironment environment, @Nullable Caller caller) {
		GraphQLContext context = environment.getGraphQlContext();
		if (caller != null) {
			context.put(CALLER, caller);
		}
		else {
			context.delete(CALLER);
		}
		// Cached objects belong to the previous caller.
		OperationCache.clearAll(environment);
	}

	/**
	 * Marks the caller's session as ended, for the fields that follow, the subfields of
	 * this one, and further operations of the batch: like later requests, they are
	 * refused with {@link ErrorReason#SESSION_ENDED}.
	 * @param environment the field that has ended the session
	 */
	public static void endSession(DataFetchingEnvironment environment) {
		environment.getGraphQlContext().put(CALLER, ErrorReason.SESSION_ENDED);
		RequestBatch.endSession(environment.getGraphQlContext());
		OperationCache.clearAll(environment);
	}

	/**
	 * Returns whether the caller is authenticated.
	 * @param context the operation's context
	 * @return whether the request carries a valid access token
	 */
	public static boolean isAuthenticated(GraphQLContext context) {
		return context.get(CALLER) instanceof Caller;
	}

	/**
	 * Returns whether an account is the caller.
	 * @param context the operation's context
	 * @param account the account
	 * @return whether the request carries a valid access token of the account
	 */
	public static boolean isAccount(GraphQLContext context, AccountId account) {
		return context.get(CALLER) instanceof Caller caller && caller.account().equals(account);
	}

	/**
	 * Returns the caller, if the request carries an access token.
	 * @param context the operation's context
	 * @return the caller, or null if the request carries no token
	 * @throws ApiException with UNAUTHENTICATED if the token is not valid
	 */
	public static @Nullable Caller find(GraphQLContext context) {
		Object caller = context.get(CALLER);
		if (caller instanceof ErrorReason refusal) {
			throw CallerAuthentication.refusal(refusal);
		}
		return (Caller) caller;
	}

	/**
	 * Returns the caller, if the request carries a valid access token.
	 * @param context the operation's context
	 * @return the caller, or null if the request carries no valid token
	 */
	public static @Nullable Caller findValid(GraphQLContext context) {
		return (context.get(CALLER) instanceof Caller caller) ? caller : null;
	}

	/**
	 * Returns the caller of an operation that requires one.
	 * @param context the operation's context
	 * @return the caller
	 * @throws ApiException with UNAUTHENTICATED if the request carries no valid token
	 */
	public static Caller require(GraphQLContext context) {
		Caller caller = find(context);
		if (caller == null) {
			throw CallerAuthentication.refusal(ErrorReason.TOKEN_MISSING);
		}
		return caller;
	}

	/**
	 * Returns the exception that refuses an unauthenticated request.
	 * @param authentication the outcome of verifying its token, or null if it has none
	 * @return the exception, with UNAUTHENTICATED
	 */
	public static ApiException refusal(@Nullable CallerAuthentication authentication) {
		ErrorReason reason = (authentication != null) ? authentication.refusal() : null;
		return CallerAuthentication.refusal((reason != null) ? reason : ErrorReason.TOKEN_MISSING);
	}

	/**
	 * Returns the account that the operation's statements are restricted to.
	 * @param context the operation's context
	 * @return the caller's account
	 * @throws ApiException with UNAUTHENTICATED if the request carries no valid token
	 */
	public static AccountId account(GraphQLContext context) {
		return require(context).account();
	}

	/**
	 * Returns the key that the cost of an operation is charged to.
	 * @param context the operation's context
	 * @return the account, or the network of a client that is signed out: an IPv4 address
	 * or an IPv6 /64
	 */
	public static Object limitKey(GraphQLContext context) {
		return key(context, Client::network);
	}

	/**
	 * Returns the key whose share of permits an operation is charged to.
	 * @param context the operation's context
	 * @return the account, or the site of a client that is signed out: an IPv4 address or
	 * an IPv6 /48
	 */
	public static Object permitKey(GraphQLContext context) {
		return key(context, Client::site);
	}

	private static Object key(GraphQLContext context, Function<Client, String> network) {
		Caller caller = findValid(context);
		if (caller != null) {
			return caller.account();
		}
		Client client = context.get(Client.class);
		return (client != null) ? network.apply(client) : "unknown";
	}

}
