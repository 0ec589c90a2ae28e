package dev.kennel.graphql.document;

import dev.kennel.engine.plan.RequiredVariables;
import dev.kennel.graphql.cost.FixedCosts;
import dev.kennel.graphql.operation.OperationContext;
import graphql.ExecutionInput;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.schema.GraphQLSchema;

/** Prepares documents without limits, for schemas that are not Kennel's. */
public final class PreparedDocuments {

	private PreparedDocuments() {
	}

	/**
	 * Prepares a document.
	 * @param schema its schema
	 * @param entry the document as prepared by graphql-java
	 * @return the prepared document, or the entry itself if it has errors
	 */
	public static PreparsedDocumentEntry prepare(GraphQLSchema schema, PreparsedDocumentEntry entry) {
		return entry.hasErrors() ? entry : new PreparedDocument(entry.getDocument(), (operation) -> FixedCosts.free(),
				RequiredVariables.ofDirectives(schema, entry.getDocument()));
	}

	/**
	 * Rewrites a document for graphql-java's parser.
	 * @param document the document
	 * @return the document as Kennel passes it to the parser
	 */
	public static String parseable(String document) {
		return September2025Source.read(document).text();
	}

	/**
	 * Puts the executed operation into the context, as the admission of an operation
	 * does.
	 * @param input the request
	 * @param entry its document
	 */
	public static void select(ExecutionInput input, PreparsedDocumentEntry entry) {
		if (entry instanceof PreparedDocument document) {
			PreparedOperation operation = document.operation(input.getOperationName());
			if (operation != null) {
				OperationContext.of(input).setOperation(operation);
				operation.plans().putInto(input.getGraphQLContext());
			}
		}
	}

}
