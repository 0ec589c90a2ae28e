package dev.kennel.fuzz;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The result that a client has merged from the payloads of incremental delivery, in
 * either format.
 */
final class DeliveredResult {

	private static final JsonMapper JSON = new JsonMapper();

	private final ObjectNode result;

	private final Map<String, ArrayNode> pending = new HashMap<>();

	private boolean failed;

	private DeliveredResult(ObjectNode initial) {
		this.result = initial;
	}

	/** Reads a response of the type {@code multipart/mixed}. */
	static DeliveredResult ofMultipart(String body) {
		assertThat(body).startsWith("\r\n---\r\n").endsWith("\r\n-----\r\n");
		List<ObjectNode> payloads = new ArrayList<>();
		for (String part : body.substring(0, body.length() - "\r\n-----\r\n".length()).split("\r\n---\r\n")) {
			if (!part.isEmpty()) {
				payloads.add((ObjectNode) JSON.readTree(part.substring(part.indexOf("\r\n\r\n"))));
			}
		}
		for (int i = 0; i < payloads.size(); i++) {
			JsonNode hasNext = payloads.get(i).remove("hasNext");
			assertThat(hasNext != null && hasNext.booleanValue()).isEqualTo(i < payloads.size() - 1);
		}
		DeliveredResult delivered = new DeliveredResult(payloads.getFirst());
		delivered.announce(payloads.getFirst().remove("pending"));
		payloads.subList(1, payloads.size()).forEach(delivered::add);
		assertThat(delivered.pending).isEmpty();
		return delivered;
	}

	/** Returns the data and all errors. */
	JsonNode result() {
		return this.result;
	}

	/** Returns whether a delivery has ended with errors and without data. */
	boolean isFailed() {
		return this.failed;
	}

	private void announce(@Nullable JsonNode deliveries) {
		for (JsonNode delivery : elements(deliveries)) {
			assertThat(this.pending.put(delivery.get("id").stringValue(), (ArrayNode) delivery.get("path"))).isNull();
		}
	}

	private void add(ObjectNode payload) {
		assertThat(payload.propertyNames()).isSubsetOf("pending", "incremental", "completed");
		announce(payload.get("pending"));
		for (JsonNode increment : elements(payload.get("incremental"))) {
			addErrors(increment);
			List<JsonNode> path = new ArrayList<>();
			if (increment.has("id")) {
				ArrayNode announced = this.pending.get(increment.get("id").stringValue());
				assertThat(announced).as("%s", increment).isNotNull();
				announced.forEach(path::add);
				increment.path("subPath").forEach(path::add);
			}
			else {
				increment.get("path").forEach(path::add);
			}
			if (!increment.has("id") && isNulled(path)) {
				// In the older format, a fragment has all of its fields: an error may
				// have replaced an object by null that another fragment completes.
				this.failed = true;
				continue;
			}
			JsonNode items = increment.path("items");
			JsonNode data = increment.path("data");
			if (items.isArray() && increment.has("id")) {
				((ArrayNode) at(path)).addAll((ArrayNode) items);
			}
			else if (items.isArray()) {
				merge((ArrayNode) at(path.subList(0, path.size() - 1)), path.getLast().intValue(), items);
			}
			else if (data.isObject()) {
				merge(at(path), data);
			}
			else {
				this.failed = true;
			}
		}
		for (JsonNode completed : elements(payload.get("completed"))) {
			assertThat(this.pending.remove(completed.get("id").stringValue())).as("%s", completed).isNotNull();
			this.failed |= completed.has("errors");
			addErrors(completed);
		}
	}

	private void addErrors(JsonNode source) {
		if (source.has("errors")) {
			this.result.withArray("/errors").addAll((ArrayNode) source.get("errors"));
		}
	}

	private static Iterable<JsonNode> elements(@Nullable JsonNode list) {
		return (list != null) ? list : List.of();
	}

	private boolean isNulled(List<JsonNode> path) {
		JsonNode value = this.result.get("data");
		for (JsonNode segment : path) {
			if (value.isNull()) {
				return true;
			}
			value = segment.isInt() ? value.path(segment.intValue()) : value.path(segment.stringValue());
		}
		return value.isNull();
	}

	private JsonNode at(List<JsonNode> path) {
		JsonNode value = this.result.get("data");
		for (JsonNode segment : path) {
			value = segment.isInt() ? value.get(segment.intValue()) : value.get(segment.stringValue());
			assertThat(value).as("%s", path).isNotNull();
		}
		return value;
	}

	/**
	 * Merges a fragment. The older format repeats fields that are also selected
	 * elsewhere, and may complete an object that an error there has replaced by null.
	 */
	private void merge(JsonNode target, JsonNode source) {
		if (target instanceof ObjectNode object) {
			source.propertyStream().forEach((member) -> {
				JsonNode present = object.get(member.getKey());
				if (present != null && present.isContainer() && member.getValue().isContainer()) {
					merge(present, member.getValue());
				}
				else if (present != null && present.isNull() && member.getValue().isContainer()
						&& this.result.has("errors")) {
					this.failed = true;
				}
				else {
					object.set(member.getKey(), member.getValue());
				}
			});
		}
		else if (target instanceof ArrayNode array) {
			merge(array, 0, source);
		}
	}

	/**
	 * Merges items from an index on. In the older format, a list that is also in a
	 * deferred fragment is streamed twice.
	 */
	private void merge(ArrayNode target, int first, JsonNode items) {
		assertThat(first).isLessThanOrEqualTo(target.size());
		for (int i = 0; i < items.size(); i++) {
			if (first + i >= target.size()) {
				target.add(items.get(i));
			}
			else if (target.get(first + i).isContainer()) {
				merge(target.get(first + i), items.get(i));
			}
		}
	}

}
