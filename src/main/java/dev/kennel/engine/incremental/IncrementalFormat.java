package dev.kennel.engine.incremental;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import graphql.GraphQLContext;
import graphql.GraphQLError;
import org.jspecify.annotations.Nullable;

/**
 * A format of incremental delivery, which a client has asked for. Without one, an
 * operation with {@code @defer} or {@code @stream} has a single, whole result.
 */
public enum IncrementalFormat {

	/**
	 * The draft of the specification: deliveries are announced as pending, receive their
	 * data, and are completed. A field is delivered once.
	 *
	 * @see <a href="https://specs.apollo.dev/incremental/v0.2/">Incremental delivery,
	 * v0.2</a>
	 */
	V0_2("incrementalSpec", "v0.2"),

	/**
	 * The format of August 2022: each deferred fragment is delivered with all of its
	 * fields, and identified by its path and label.
	 *
	 * @see <a href=
	 * "https://github.com/graphql/graphql-spec/tree/48cf7263a71a683fab03d45d309fd42d8d9a6659">GraphQL,
	 * draft of 2022-08-24</a>
	 */
	DEFER_20220824("deferSpec", "20220824");

	private static final String PATH = "path";

	private static final String LABEL = "label";

	private static final String ERRORS = "errors";

	private final String parameter;

	private final String version;

	IncrementalFormat(String parameter, String version) {
		this.parameter = parameter;
		this.version = version;
	}

	/**
	 * Returns the name of the parameter by which a client asks for the format.
	 * @return the parameter of a media type
	 */
	public String parameter() {
		return this.parameter;
	}

	/**
	 * Returns the value of the parameter.
	 * @return the version of the format
	 */
	public String version() {
		return this.version;
	}

	/**
	 * Finds a format by its parameter.
	 * @param parameter the name of the parameter, in any case
	 * @param version its value
	 * @return the format, or null if there is none
	 */
	public static @Nullable IncrementalFormat find(String parameter, @Nullable Object version) {
		for (IncrementalFormat format : values()) {
			if (format.parameter.equalsIgnoreCase(parameter) && format.version.equals(version)) {
				return format;
			}
		}
		return null;
	}

	/**
	 * Returns whether a parameter asks for a format, possibly for an unknown one.
	 * @param parameter the name of the parameter, in any case
	 * @return whether a format has it
	 */
	public static boolean isParameter(String parameter) {
		return Arrays.stream(values()).anyMatch((format) -> format.parameter.equalsIgnoreCase(parameter));
	}

	/**
	 * Makes the engine deliver an operation incrementally, if it asks for that.
	 * @param context the context of the operation
	 */
	public void putInto(GraphQLContext context) {
		context.put(IncrementalFormat.class, this);
	}

	/** Returns the format of an operation, or null if its result is whole. */
	public static @Nullable IncrementalFormat of(GraphQLContext context) {
		return context.get(IncrementalFormat.class);
	}

	/**
	 * Returns whether a field that is selected both within and outside of a deferred
	 * fragment is delivered once.
	 */
	public boolean deduplicates() {
		return this == V0_2;
	}

	/**
	 * Returns the initial payload.
	 * @param response the members of the response
	 * @param pending the announced deliveries
	 * @return the members of the payload, in order
	 */
	public Map<String, @Nullable Object> initialPayload(Map<String, ? extends @Nullable Object> response,
			List<SubsequentPayload.Pending> pending) {
		Map<String, @Nullable Object> payload = new LinkedHashMap<>(response);
		if (this == V0_2) {
			payload.put("pending", pending.stream().map(IncrementalFormat::toMap).toList());
		}
		payload.put("hasNext", true);
		return payload;
	}

	/**
	 * Returns a subsequent payload.
	 * @param payload the payload
	 * @param errors converts the errors of each entry
	 * @return the members of the payload, in order
	 */
	public Map<String, @Nullable Object> subsequentPayload(SubsequentPayload payload,
			UnaryOperator<List<GraphQLError>> errors) {
		return (this == V0_2) ? toMap(payload, errors) : toBranches(payload, errors);
	}

	private static Map<String, @Nullable Object> toMap(SubsequentPayload payload,
			UnaryOperator<List<GraphQLError>> errors) {
		Map<String, @Nullable Object> members = new LinkedHashMap<>();
		if (!payload.pending().isEmpty()) {
			members.put("pending", payload.pending().stream().map(IncrementalFormat::toMap).toList());
		}
		if (!payload.increments().isEmpty()) {
			members.put("incremental", payload.increments().stream().map((increment) -> {
				Map<String, @Nullable Object> entry = new LinkedHashMap<>();
				entry.put("id", increment.delivery().id());
				if (!increment.subPath().isEmpty()) {
					entry.put("subPath", increment.subPath());
				}
				entry.put(increment.isItems() ? "items" : "data", increment.value());
				putErrors(entry, increment.errors(), errors);
				return entry;
			}).toList());
		}
		if (!payload.completed().isEmpty()) {
			members.put("completed", payload.completed().stream().map((completed) -> {
				Map<String, @Nullable Object> entry = new LinkedHashMap<>();
				entry.put("id", completed.delivery().id());
				putErrors(entry, completed.errors(), errors);
				return entry;
			}).toList());
		}
		members.put("hasNext", payload.hasNext());
		return members;
	}

	private static Map<String, @Nullable Object> toMap(SubsequentPayload.Pending pending) {
		Map<String, @Nullable Object> entry = new LinkedHashMap<>();
		entry.put("id", pending.id());
		entry.put(PATH, pending.path());
		if (pending.label() != null) {
			entry.put(LABEL, pending.label());
		}
		return entry;
	}

	private static Map<String, @Nullable Object> toBranches(SubsequentPayload payload,
			UnaryOperator<List<GraphQLError>> errors) {
		List<Map<String, @Nullable Object>> branches = new ArrayList<>();
		payload.increments()
			.forEach((increment) -> branches.add(branch(increment.delivery(), increment.isItems(), increment.index(),
					increment.value(), increment.errors(), errors)));
		payload.completed()
			.stream()
			.filter((completed) -> !completed.errors().isEmpty())
			.forEach((completed) -> branches.add(branch(completed.delivery(), completed.isStreamedList(),
					completed.index(), null, completed.errors(), errors)));
		Map<String, @Nullable Object> members = new LinkedHashMap<>();
		if (!branches.isEmpty()) {
			members.put("incremental", branches);
		}
		members.put("hasNext", payload.hasNext());
		return members;
	}

	private static Map<String, @Nullable Object> branch(SubsequentPayload.Pending delivery, boolean isItems, int index,
			@Nullable Object value, List<GraphQLError> errors, UnaryOperator<List<GraphQLError>> conversion) {
		Map<String, @Nullable Object> entry = new LinkedHashMap<>();
		entry.put(isItems ? "items" : "data", value);
		List<Object> path = new ArrayList<>(delivery.path());
		if (isItems) {
			path.add(index);
		}
		entry.put(PATH, path);
		if (delivery.label() != null) {
			entry.put(LABEL, delivery.label());
		}
		putErrors(entry, errors, conversion);
		return entry;
	}

	private static void putErrors(Map<String, @Nullable Object> entry, List<GraphQLError> errors,
			UnaryOperator<List<GraphQLError>> conversion) {
		if (!errors.isEmpty()) {
			entry.put(ERRORS, conversion.apply(errors).stream().map(GraphQLError::toSpecification).toList());
		}
	}

}
