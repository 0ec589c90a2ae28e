package dev.kennel.graphql.document;

import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import dev.kennel.engine.RequiredVariables;
import dev.kennel.graphql.limit.OperationCost;
import graphql.GraphQLContext;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.language.Document;
import graphql.language.OperationDefinition;
import org.jspecify.annotations.Nullable;

/** A document that has been parsed and validated. */
public final class PreparedDocument extends PreparsedDocumentEntry {

	@Serial
	private static final long serialVersionUID = 1L;

	private final transient List<PreparedOperation> operations;

	private final transient AtomicLong attachedBytes = new AtomicLong();

	private transient volatile boolean trusted;

	private transient volatile Runnable growthListener = () -> {
	};

	PreparedDocument(Document document, Function<OperationDefinition, OperationCost> cost,
			Function<OperationDefinition, RequiredVariables> requiredVariables) {
		super(document);
		List<PreparedOperation> prepared = new ArrayList<>();
		document.getDefinitionsOfType(OperationDefinition.class)
			.forEach((definition) -> prepared
				.add(new PreparedOperation(this, definition, cost, requiredVariables.apply(definition))));
		this.operations = List.copyOf(prepared);
	}

	/**
	 * Answers which operation is meant.
	 * @param name its name; null or empty if there is but one
	 * @return the operation, or null if there is none of the name, or several and none is
	 * named
	 */
	public @Nullable PreparedOperation operation(@Nullable String name) {
		if (name == null || name.isEmpty()) {
			return (this.operations.size() == 1) ? this.operations.getFirst() : null;
		}
		for (PreparedOperation operation : this.operations) {
			if (Objects.equals(operation.definition().getName(), name)) {
				return operation;
			}
		}
		return null;
	}

	/** The operations, in the document's order. */
	List<PreparedOperation> operations() {
		return this.operations;
	}

	/**
	 * Returns whether the operator trusts the document.
	 * @return whether it is among those that were known at the start
	 */
	public boolean isTrusted() {
		return this.trusted;
	}

	void markTrusted() {
		this.trusted = true;
	}

	/** Counts what is attached to an operation. */
	void addBytes(long bytes) {
		this.attachedBytes.addAndGet(bytes);
		this.growthListener.run();
	}

	/** The memory of what is attached to the operations. */
	long attachedBytes() {
		return this.attachedBytes.get();
	}

	/** Has a cache told when more is attached. */
	void onGrowth(Runnable listener) {
		this.growthListener = listener;
	}

	/**
	 * Answers the operation that is being run.
	 * @param context the context of the operation
	 * @return the operation, or null if it is run in some other way
	 */
	public static @Nullable PreparedOperation running(GraphQLContext context) {
		return context.get(PreparedOperation.class);
	}

}
