package dev.kennel.graphql.document;

import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import dev.kennel.engine.plan.RequiredVariables;
import dev.kennel.graphql.cost.OperationCost;
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

	private transient volatile @Nullable DocumentHash hash;

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
	 * Returns an operation of the document.
	 * @param name its name; may be null or empty if there is only one
	 * @return the operation, or null if there is none of this name, or several and no
	 * name
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

	/**
	 * Returns the operations.
	 * @return the operations, in the document's order
	 */
	public List<PreparedOperation> operations() {
		return this.operations;
	}

	/**
	 * Returns whether the document is trusted.
	 * @return whether it is one of the operator's, which are loaded at startup
	 */
	public boolean isTrusted() {
		return this.trusted;
	}

	/**
	 * Returns the hash of the document.
	 * @return its SHA-256 in hexadecimal, as in a persisted query; null before the
	 * document is cached
	 */
	public @Nullable String hash() {
		DocumentHash known = this.hash;
		return (known != null) ? known.toHex() : null;
	}

	void setHash(DocumentHash documentHash) {
		this.hash = documentHash;
	}

	void markTrusted() {
		this.trusted = true;
	}

	/** Adds the memory of an attachment of an operation. */
	void addBytes(long bytes) {
		this.attachedBytes.addAndGet(bytes);
		this.growthListener.run();
	}

	/** Returns the memory of all attachments of the operations. */
	long attachedBytes() {
		return this.attachedBytes.get();
	}

	/** Sets the listener to call when the attachments grow. */
	void onGrowth(Runnable listener) {
		this.growthListener = listener;
	}

}
