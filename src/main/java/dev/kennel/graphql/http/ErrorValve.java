package dev.kennel.graphql.http;

import java.io.IOException;

import dev.kennel.graphql.error.ApiError;
import dev.kennel.graphql.error.ApiErrors;
import dev.kennel.graphql.error.ApiException;
import dev.kennel.graphql.error.ErrorCode;
import dev.kennel.graphql.error.ErrorReason;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.AbstractProtocol;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;

/**
 * Answers what nothing else has answered, from lines that are no HTTP to paths that are
 * not there, and failures outside of GraphQL: in the words of a GraphQL response, and
 * with nothing of the inside. It stands in for the pages of Tomcat and of Spring Boot.
 * And it gives every answer its {@link SecurityHeaders}.
 */
class ErrorValve extends ErrorReportValve {

	private final JsonMapper json = new JsonMapper();

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		SecurityHeaders.add(request, response);
		super.invoke(request, response);
	}

	@Override
	protected void report(Request request, Response response, @Nullable Throwable failure) {
		if (isOfPausedServer(request, response)) {
			response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
		}
		int status = response.getStatus();
		if (status < HttpServletResponse.SC_BAD_REQUEST || response.getContentWritten() > 0
				|| !response.setErrorReported()) {
			return;
		}
		String id = RequestIds.of(request);
		byte[] body = this.json.writeValueAsBytes(AnswerWriter.toMap(error(status, id)));
		try {
			response.setHeader(RequestIds.HEADER, id);
			response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
			// What had been said may have been taken back.
			SecurityHeaders.add(request, response);
			response.setContentType(ResponseMediaType.JSON.contentType());
			response.setContentLength(body.length);
			response.getOutputStream().write(body);
			response.finishResponse();
		}
		catch (IOException | IllegalStateException ex) {
			this.container.getLogger().debug("The client of a faulty request is gone", ex);
		}
	}

	/**
	 * While the server is being stopped it is paused: it reads no more of a request than
	 * its first line, and then Tomcat misses its host.
	 */
	private static boolean isOfPausedServer(Request request, Response response) {
		return response.getStatus() == HttpServletResponse.SC_BAD_REQUEST
				&& request.getCoyoteRequest().getMimeHeaders().size() == 0
				&& request.getConnector().getProtocolHandler() instanceof AbstractProtocol<?> protocol
				&& protocol.isPaused();
	}

	private static ApiError error(int status, String id) {
		return switch (status) {
			case HttpServletResponse.SC_NOT_FOUND ->
				ApiError.ofRequest(ErrorCode.NOT_FOUND, "There is nothing here. GraphQL is at /graphql.");
			case HttpServletResponse.SC_METHOD_NOT_ALLOWED ->
				ApiError.ofRequest(ErrorCode.METHOD_NOT_ALLOWED, "This can't be done with what is here.");
			case HttpServletResponse.SC_NOT_ACCEPTABLE ->
				ApiError.ofRequest(ErrorCode.NOT_ACCEPTABLE, "This is not to be had in that media type.");
			case HttpServletResponse.SC_REQUEST_TIMEOUT ->
				ApiError.ofRequest(ErrorCode.BAD_REQUEST, "The body did not arrive in time.");
			case HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE ->
				ApiError.ofRequest(ErrorCode.PAYLOAD_TOO_LARGE, "The body is too large.");
			case HttpServletResponse.SC_REQUEST_URI_TOO_LONG ->
				ApiError.ofRequest(ErrorCode.BAD_REQUEST, "The URL is too long: send the operation with POST.");
			case HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE ->
				ApiError.ofRequest(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "A body of this media type is not taken.");
			case HttpServletResponse.SC_UNAUTHORIZED -> ApiErrors
				.ofRequest(ApiException.unauthenticated(ErrorReason.TOKEN_MISSING, "This needs an account."), id);
			case HttpServletResponse.SC_FORBIDDEN -> ApiError.ofRequest(ErrorCode.FORBIDDEN, "This may not be done.");
			case HttpServletResponse.SC_SERVICE_UNAVAILABLE -> ApiError.ofRequest(ErrorCode.UNAVAILABLE,
					"The service can't answer for the moment. Try again shortly.");
			case HttpServletResponse.SC_NOT_IMPLEMENTED, HttpServletResponse.SC_HTTP_VERSION_NOT_SUPPORTED ->
				ApiError.ofRequest(ErrorCode.BAD_REQUEST, "The request asks for an HTTP that is not spoken here.");
			default -> (status < HttpServletResponse.SC_INTERNAL_SERVER_ERROR)
					? ApiError.ofRequest(ErrorCode.BAD_REQUEST, "The request is not HTTP as it should be.")
					: ApiErrors.ofFault(id);
		};
	}

}
