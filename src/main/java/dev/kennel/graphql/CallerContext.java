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
 * The one place that answers who is asking. The transport puts the request's
 * authentication in; controllers and loaders take the account out.
 */
public final class CallerContext {

	private static final Object CALLER = CallerContext.class;

	private CallerContext() {
	}

	/**
	 * Remembers who asks, for all fields of an operation.
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
	 * Changes who asks, for the fields that follow and for those inside of this one: the
	 * field has logged somebody in, or out.
	 * @param environment the field
	 * @param caller who asks from now on, or null for nobody
	 */
	public static void switchCaller(DataFetchingEnvironment environment, @Nullable Caller caller) {
		GraphQLContext context = environment.getGraphQlContext();
		if (caller != null) {
			context.put(CALLER, caller);
		}
		else {
			context.delete(CALLER);
		}
		// What was loaded was loaded for somebody else.
		OperationCache.clearAll(environment);
	}

	/**
	 * Ends the caller's session, for the fields that follow, those inside of this one,
	 * and those of further operations of a batch: they are refused with
	 * {@link ErrorReason#SESSION_ENDED}, as those of further requests are.
	 * @param environment the field that has ended the session
	 */
	public static void endSession(DataFetchingEnvironment environment) {
		environment.getGraphQlContext().put(CALLER, ErrorReason.SESSION_ENDED);
		RequestBatch.endSession(environment.getGraphQlContext());
		OperationCache.clearAll(environment);
	}

	/**
	 * Answers whether somebody asks who is known.
	 * @param context the operation's context
	 * @return whether the request carries a valid token
	 */
	public static boolean isKnown(GraphQLContext context) {
		return context.get(CALLER) instanceof Caller;
	}

	/**
	 * Answers whether an account asks.
	 * @param context the operation's context
	 * @param account the account
	 * @return whether the request carries a valid token of it
	 */
	public static boolean is(GraphQLContext context, AccountId account) {
		return context.get(CALLER) instanceof Caller caller && caller.account().equals(account);
	}

	/**
	 * Answers who asks.
	 * @param context the operation's context
	 * @return the caller, or null if the request carries no token
	 * @throws ApiException with UNAUTHENTICATED if it carries one that is not valid
	 */
	public static @Nullable Caller find(GraphQLContext context) {
		Object caller = context.get(CALLER);
		if (caller instanceof ErrorReason refusal) {
			throw CallerAuthentication.refusal(refusal);
		}
		return (Caller) caller;
	}

	/**
	 * Answers who asks, if that is known.
	 * @param context the operation's context
	 * @return the caller, or null if the request carries no token, or one that is not
	 * valid
	 */
	public static @Nullable Caller known(GraphQLContext context) {
		return (context.get(CALLER) instanceof Caller caller) ? caller : null;
	}

	/**
	 * Answers who asks, where somebody has to.
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
	 * Returns why a request that has no caller is refused what needs one.
	 * @param authentication the outcome of verifying its token, or null if it has none
	 * @return the exception, with UNAUTHENTICATED
	 */
	public static ApiException refusal(@Nullable CallerAuthentication authentication) {
		ErrorReason reason = (authentication != null) ? authentication.refusal() : null;
		return CallerAuthentication.refusal((reason != null) ? reason : ErrorReason.TOKEN_MISSING);
	}

	/**
	 * Answers whose rows may be touched.
	 * @param context the operation's context
	 * @return the caller's account
	 * @throws ApiException with UNAUTHENTICATED if the request carries no valid token
	 */
	public static AccountId account(GraphQLContext context) {
		return require(context).account();
	}

	/**
	 * Answers who has to answer for what an operation takes.
	 * @param context the operation's context
	 * @return the account, or the network of somebody who is signed out: equal for those
	 * who are the same
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
		Caller caller = known(context);
		if (caller != null) {
			return caller.account();
		}
		Client client = context.get(Client.class);
		return (client != null) ? network.apply(client) : "unknown";
	}

}
