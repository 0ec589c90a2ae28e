package dev.kennel.error;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One fault of an input.
 *
 * @param path where it is, from the argument's name on, as
 * {@code ["input", "dogs", 1, "name"]}: names of fields and indexes of list elements
 * @param code what is wrong, for a program, as {@code LENGTH}
 * @param message what is wrong, for a person
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
