package dev.kennel.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.kennel.engine.incremental.IncrementalFormat;
import graphql.ExecutionResult;
import graphql.GraphQLError;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** A client of incremental delivery, v0.2, which asserts that the protocol is kept. */
final class IncrementalMerge {

	private static final JsonMapper JSON = new JsonMapper();

	private final Map<String, Object> data;

	private final List<Map<String, Object>> errors = new ArrayList<>();

	private final Map<String, Map<String, Object>> pending = new HashMap<>();

	private final List<Map<String, Object>> payloads = new ArrayList<>();

	private int failures;

	private IncrementalMerge(Map<String, Object> initial) {
		this.data = map(initial.get("data"));
		add(initial);
	}

	/** Reads all payloads of an operation whose result is not whole. */
	static IncrementalMerge read(ExecutionResult result, IncrementalResult rest) {
		IncrementalMerge merge = new IncrementalMerge(
				json(IncrementalFormat.V0_2.initialPayload(result.toSpecification(), rest.pending())));
		while (rest.hasNext()) {
			merge.add(json(IncrementalFormat.V0_2.subsequentPayload(rest.next().join(), (errors) -> errors)));
		}
		assertThat(merge.payloads.getLast()).containsEntry("hasNext", false);
		assertThat(merge.pending).isEmpty();
		return merge;
	}

	/** The payloads are what a transport writes. */
	private static Map<String, Object> json(Map<String, ? extends @Nullable Object> payload) {
		try (ResponseJson json = ResponseJson.of(payload)) {
			return map(JSON.readValue(json.toByteArray(), Map.class));
		}
	}

	Map<String, Object> data() {
		return this.data;
	}

	List<Map<String, Object>> errors() {
		return this.errors;
	}

	List<Map<String, Object>> payloads() {
		return this.payloads;
	}

	/** Returns the number of deliveries that ended with errors. */
	int failures() {
		return this.failures;
	}

	private void add(Map<String, Object> payload) {
		if (!this.payloads.isEmpty()) {
			assertThat(this.payloads.getLast()).containsEntry("hasNext", true);
		}
		this.payloads.add(payload);
		list(payload.get("errors")).forEach((error) -> this.errors.add(comparable(error)));
		for (Object announced : list(payload.get("pending"))) {
			assertThat(this.pending.put((String) map(announced).get("id"), map(announced))).isNull();
		}
		for (Object increment : list(payload.get("incremental"))) {
			merge(map(increment));
		}
		for (Object completed : list(payload.get("completed"))) {
			assertThat(this.pending.remove(map(completed).get("id"))).isNotNull();
			List<?> failed = list(map(completed).get("errors"));
			failed.forEach((error) -> this.errors.add(comparable(error)));
			this.failures += failed.isEmpty() ? 0 : 1;
		}
	}

	private void merge(Map<String, Object> increment) {
		list(increment.get("errors")).forEach((error) -> this.errors.add(comparable(error)));
		Map<String, Object> delivery = this.pending.get(increment.get("id"));
		assertThat(delivery).as("pending %s", increment).isNotNull();
		List<Object> path = new ArrayList<>(list(map(delivery).get("path")));
		path.addAll(list(increment.get("subPath")));
		if (increment.containsKey("items")) {
			list(at(path)).addAll(list(increment.get("items")));
		}
		else {
			mergeObject(map(at(path)), map(increment.get("data")));
		}
	}

	/** A field is delivered once. */
	private static void mergeObject(Map<String, Object> target, Map<String, Object> fields) {
		fields.forEach((key, value) -> {
			assertThat(target).doesNotContainKey(key);
			target.put(key, value);
		});
	}

	private Object at(List<Object> path) {
		Object value = this.data;
		for (Object segment : path) {
			value = (segment instanceof Integer index) ? list(value).get(index) : map(value).get(segment);
			assertThat(value).as("at %s", path).isNotNull();
		}
		return value;
	}

	@SuppressWarnings("unchecked")
	static Map<String, Object> map(@Nullable Object value) {
		assertThat(value).isInstanceOf(Map.class);
		return (Map<String, Object>) value;
	}

	@SuppressWarnings("unchecked")
	static List<Object> list(@Nullable Object value) {
		return (value != null) ? (List<Object>) value : List.of();
	}

	/** Returns errors as a client sees them. */
	static List<Map<String, Object>> toMaps(List<GraphQLError> errors) {
		return list(json(Map.of("errors", errors.stream().map(GraphQLError::toSpecification).toList())).get("errors"))
			.stream()
			.map(IncrementalMerge::comparable)
			.toList();
	}

	private static Map<String, Object> comparable(Object error) {
		Map<String, Object> members = new LinkedHashMap<>(map(error));
		members.remove("extensions");
		// Those of the first of the merged fields, which is another within a fragment.
		members.remove("locations");
		return members;
	}

}
