package dev.kennel.graphql.document;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import dev.kennel.engine.plan.PlanVariants;
import dev.kennel.engine.plan.RequiredVariables;
import dev.kennel.graphql.cost.OperationCost;
import graphql.language.OperationDefinition;

/**
 * An operation of a prepared document, with everything that is derived from it and does
 * not depend on its variables. Other components attach their own derived data, which is
 * cached for as long as the document.
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
	 * Returns the document of the operation.
	 * @return the document
	 */
	public PreparedDocument document() {
		return this.document;
	}

	/**
	 * Returns the definition of the operation.
	 * @return its definition in the document
	 */
	public OperationDefinition definition() {
		return this.definition;
	}

	/**
	 * Returns the cost of the operation. It is computed when the operation is first
	 * executed: a document can have a thousand operations, each as large as the limits
	 * permit.
	 * @return the cost, as a function of the variables
	 * @throws dev.kennel.error.ApiException with OPERATION_TOO_COMPLEX if it is a cyclic
	 * introspection
	 */
	public OperationCost cost() {
		return attachment(OperationCost.class, (operation) -> {
			OperationCost computed = this.cost.apply(this.definition);
			addBytes(computed.bytes());
			return computed;
		});
	}

	/**
	 * Returns the plans of the operation.
	 * @return the plans, which are cached with the document
	 */
	public PlanVariants plans() {
		return attachment(PlanVariants.class, (operation) -> new PlanVariants(operation.document.getDocument(),
				operation.definition, operation::addBytes));
	}

	/**
	 * Returns the check for variables that must not be null.
	 * @return the check
	 */
	public RequiredVariables requiredVariables() {
		return this.requiredVariables;
	}

	/**
	 * Returns an attachment, which is created on first use.
	 * @param <T> the type of the attachment
	 * @param type its class, which identifies it
	 * @param factory creates it once for this operation. The attachment has to be
	 * thread-safe; its memory is reported with {@link #addBytes}
	 * @return the attachment
	 */
	public <T> T attachment(Class<T> type, Function<PreparedOperation, T> factory) {
		// computeIfAbsent may lock even if the key is present.
		Object attachment = this.attachments.get(type);
		return type.cast((attachment != null) ? attachment
				: this.attachments.computeIfAbsent(type, (key) -> factory.apply(this)));
	}

	/**
	 * Adds memory of an attachment, so that the document cache keeps to its size.
	 * @param bytes the additional memory
	 */
	public void addBytes(long bytes) {
		this.document.addBytes(bytes);
	}

}
