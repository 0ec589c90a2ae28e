package dev.kennel.graphql.document;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import dev.kennel.engine.OperationPlans;
import dev.kennel.engine.RequiredVariables;
import dev.kennel.graphql.limit.OperationCost;
import graphql.GraphQLContext;
import graphql.language.OperationDefinition;

/**
 * An operation of a prepared document: all that can be known of it without its variables.
 * Who needs more of that kind attaches it, and it is kept for as long as the document is.
 */
public final class PreparedOperation {

	private final PreparedDocument document;

	private final OperationDefinition definition;

	private final Function<OperationDefinition, OperationCost> cost;

	private final RequiredVariables requiredVariables;

	private final Map<Class<?>, Object> attachments = new ConcurrentHashMap<>(2);

	PreparedOperation(PreparedDocument document, OperationDefinition definition,
			Function<OperationDefinition, OperationCost> cost, RequiredVariables requiredVariables) {
		this.document = document;
		this.definition = definition;
		this.cost = cost;
		this.requiredVariables = requiredVariables;
	}

	/**
	 * Answers where the operation is.
	 * @return the document
	 */
	public PreparedDocument document() {
		return this.document;
	}

	/**
	 * Answers what the operation asks for.
	 * @return its definition in the document
	 */
	public OperationDefinition definition() {
		return this.definition;
	}

	/**
	 * Returns the cost of the operation. It is computed when the operation is run first:
	 * a document can have a thousand, each as large as an operation may be.
	 * @return the cost, for whatever variables
	 * @throws dev.kennel.error.ApiException with OPERATION_TOO_COMPLEX if it is an
	 * introspection that runs in circles
	 */
	public OperationCost cost() {
		return attachment(OperationCost.class, (same) -> {
			OperationCost made = this.cost.apply(this.definition);
			addBytes(made.bytes());
			return made;
		});
	}

	/** Makes this the operation that is executed, with its plans. */
	void putInto(GraphQLContext context) {
		context.put(PreparedOperation.class, this);
		attachment(OperationPlans.class,
				(same) -> new OperationPlans(same.document.getDocument(), same.definition, same::addBytes))
			.putInto(context);
	}

	RequiredVariables requiredVariables() {
		return this.requiredVariables;
	}

	/**
	 * Answers what is attached, and attaches it the first time.
	 * @param <T> what is attached
	 * @param type its type, by which it is found
	 * @param maker makes it, once, of this operation. What it makes may be used by many
	 * threads at once; its memory is counted by {@link #addBytes}
	 * @return what is attached
	 */
	public <T> T attachment(Class<T> type, Function<PreparedOperation, T> maker) {
		// A look first: computing would lock.
		Object known = this.attachments.get(type);
		return type.cast((known != null) ? known : this.attachments.computeIfAbsent(type, (key) -> maker.apply(this)));
	}

	/**
	 * Counts memory that something attached takes, so that the cache of documents keeps
	 * to its size.
	 * @param bytes how much more than before
	 */
	public void addBytes(long bytes) {
		this.document.addBytes(bytes);
	}

}
