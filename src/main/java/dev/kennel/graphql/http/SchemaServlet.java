package dev.kennel.graphql.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Set;

import graphql.introspection.Introspection;
import graphql.schema.GraphQLSchema;
import graphql.schema.idl.SchemaPrinter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;

/**
 * Answers {@code GET /graphql/schema.graphql}: the schema in GraphQL's language, with all
 * descriptions, for the programs that make types of it. Whoever may not introspect does
 * not get it either.
 */
class SchemaServlet extends HttpServlet {

	/**
	 * The directives of the specification, which need no definition, and one that does
	 * nothing here: introspection does not name it either.
	 */
	private static final Set<String> NOT_DEFINED = Set.of("include", "skip", "deprecated", "specifiedBy", "oneOf",
			"defer");

	/** Browsers show it, instead of offering it for download. */
	private static final String CONTENT_TYPE = "text/plain;charset=utf-8";

	private final byte[] document;

	private final String tag;

	private final boolean served;

	SchemaServlet(GraphQLSchema schema, boolean served) {
		this.document = print(schema).getBytes(StandardCharsets.UTF_8);
		this.tag = AnswerWriter.tag(this.document, CONTENT_TYPE);
		this.served = served;
	}

	/**
	 * Writes a schema in GraphQL's language, types and fields in the order of their
	 * names.
	 * @param schema the schema
	 * @return the document
	 */
	static String print(GraphQLSchema schema) {
		return new SchemaPrinter(SchemaPrinter.Options.defaultOptions()
			.includeScalarTypes(true)
			.includeSchemaDefinition(true)
			.includeDirectiveDefinition((name) -> !NOT_DEFINED.contains(name))
			.includeSchemaElement((element) -> !(element instanceof graphql.schema.GraphQLNamedType type
					&& Introspection.isIntrospectionTypes(type))))
			.print(schema);
	}

	@Override
	protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (!this.served) {
			response.sendError(HttpServletResponse.SC_NOT_FOUND);
			return;
		}
		switch (request.getMethod()) {
			case "GET", "HEAD" -> answer(request, response);
			case "OPTIONS" -> {
				response.setStatus(HttpServletResponse.SC_NO_CONTENT);
				response.setHeader(HttpHeaders.ALLOW, AllowedMethods.OF_PAGES);
			}
			default -> {
				response.setHeader(HttpHeaders.ALLOW, AllowedMethods.OF_PAGES);
				response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
			}
		}
	}

	private void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
		response.setHeader(HttpHeaders.ETAG, this.tag);
		// The same for all; new with the service's next version, so it is asked for.
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
		response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
		if (AnswerWriter.isKnown(request, this.tag)) {
			response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
			return;
		}
		response.setContentType(CONTENT_TYPE);
		byte[] body = this.document;
		ContentCoding coding = ContentCoding
			.negotiate(Collections.list(request.getHeaders(HttpHeaders.ACCEPT_ENCODING)));
		if (coding != null) {
			response.setHeader(HttpHeaders.CONTENT_ENCODING, coding.token());
			body = coding.compress(body);
		}
		response.setContentLength(body.length);
		if (!"HEAD".equals(request.getMethod())) {
			response.getOutputStream().write(body);
		}
	}

}
