package dev.kennel.graphql.document;

import dev.kennel.engine.RequiredVariables;
import dev.kennel.graphql.limit.FreeOperations;
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
	 * @param entry what graphql-java has made of it
	 * @return the prepared document, or the entry itself if it has errors
	 */
	public static PreparsedDocumentEntry prepare(GraphQLSchema schema, PreparsedDocumentEntry entry) {
		return entry.hasErrors() ? entry : new PreparedDocument(entry.getDocument(),
				(operation) -> FreeOperations.cost(), RequiredVariables.ofDirectives(schema, entry.getDocument()));
	}

	/**
	 * Takes out of a document what graphql-java's parser does not know yet.
	 * @param document the document
	 * @return the document as Kennel has it parsed
	 */
	public static String parseable(String document) {
		return September2025Source.read(document).text();
	}

	/**
	 * Notes which operation is run, as {@link DocumentProvider} does.
	 * @param input the request
	 * @param entry its document
	 */
	public static void run(ExecutionInput input, PreparsedDocumentEntry entry) {
		if (entry instanceof PreparedDocument document) {
			PreparedOperation operation = document.operation(input.getOperationName());
			if (operation != null) {
				operation.putInto(input.getGraphQLContext());
			}
		}
	}

}
