package dev.kennel.graphql;

import java.net.InetSocketAddress;

import dev.kennel.identity.Client;
import graphql.GraphQLContext;
import graphql.execution.ExecutionId;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.graphql.data.method.HandlerMethodArgumentResolver;
import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Puts the {@link Client} of a request into the operation's context, and resolves
 * {@link Client} parameters of controller methods.
 */
@Component
class ClientInterceptor implements OperationInterceptor, HandlerMethodArgumentResolver {

	@Override
	public void before(WebGraphQlRequest request, GraphQLContext context) {
		ExecutionId id = request.getExecutionId();
		// The id of the request itself may be chosen by the client.
		context.put(Client.class,
				new Client(address(request.getRemoteAddress()), request.getHeaders().getFirst(HttpHeaders.USER_AGENT),
						(id != null) ? id.toString() : request.getId(), null));
	}

	private static String address(@Nullable InetSocketAddress peer) {
		if (peer == null || peer.getAddress() == null) {
			return "unknown";
		}
		return peer.getAddress().getHostAddress();
	}

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return parameter.getParameterType() == Client.class;
	}

	@Override
	public Object resolveArgument(MethodParameter parameter, DataFetchingEnvironment environment) {
		GraphQLContext context = environment.getGraphQlContext();
		Client client = context.getOrDefault(Client.class,
				new Client("unknown", null, environment.getExecutionId().toString(), null));
		return CallerContext.isAuthenticated(context) ? client.of(CallerContext.require(context)) : client;
	}

}
