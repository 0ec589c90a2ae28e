package dev.kennel.graphql;

import java.net.InetSocketAddress;

import graphql.GraphQLContext;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.MethodParameter;
import org.springframework.graphql.data.method.HandlerMethodArgumentResolver;
import org.springframework.graphql.server.WebGraphQlInterceptor;
import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Finds out where a request comes from, and gives a controller method its {@link Client}
 * parameter.
 */
@Component
class ClientInterceptor implements WebGraphQlInterceptor, HandlerMethodArgumentResolver {

	@Override
	public Mono<WebGraphQlResponse> intercept(WebGraphQlRequest request, Chain chain) {
		String address = address(request.getRemoteAddress());
		String userAgent = request.getHeaders().getFirst(HttpHeaders.USER_AGENT);
		request.configureExecutionInput((input, builder) -> {
			// The request's own id may be one that the client has made up.
			input.getGraphQLContext()
				.put(Client.class, new Client(address, userAgent, input.getExecutionIdNonNull().toString(), null));
			return input;
		});
		return chain.next(request);
	}

	private static String address(@Nullable InetSocketAddress peer) {
		if (peer == null || peer.getAddress() == null) {
			return "unknown";
		}
		String address = peer.getAddress().getHostAddress();
		int zone = address.indexOf('%');
		return (zone < 0) ? address : address.substring(0, zone);
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
		return CallerContext.isKnown(context) ? client.of(CallerContext.require(context)) : client;
	}

}
