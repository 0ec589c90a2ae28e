package dev.kennel.error;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A violated constraint of an input.
 *
 * @param path the path of the value from the argument name, such as
 * {@code ["input", "dogs", 1, "name"]}: names of fields and indexes of list elements
 * @param code the code of the constraint, such as {@code LENGTH}
 * @param message the message for the user
 */
public record Violation(List<Object> path, String code, String message) {

	public Violation {
		path = List.copyOf(path);
	}

	Map<String, Object> toSpecification() {
		Map<String, Object> members = new LinkedHashMap<>();
		members.put("path", this.path);
		members.put("code", this.code);
		members.put("message", this.message);
		return members;
	}

}
