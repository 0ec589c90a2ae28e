package dev.kennel.error;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;

import org.springframework.validation.FieldError;

/** Maps constraint violations to {@link Violation}s, with paths and codes of the API. */
public final class ViolationMapper {

	/** The codes of violations, by the simple name of the constraint annotation. */
	private static final Map<String, String> CODES = Map.ofEntries(Map.entry("CodePointLength", "LENGTH"),
			Map.entry("Size", "LENGTH"), Map.entry("PlainText", "CHARACTERS"), Map.entry("VisibleText", "CHARACTERS"),
			Map.entry("FreeformText", "CHARACTERS"), Map.entry("SearchWords", "CHARACTERS"),
			Map.entry("Pattern", "FORMAT"), Map.entry("EmailAddress", "FORMAT"), Map.entry("ValidId", "ID"),
			Map.entry("UncommonPassword", "COMMON"), Map.entry("YearRange", "RANGE"), Map.entry("NotNull", "REQUIRED"),
			Map.entry("CurrentPasswordRequired", "REQUIRED"));

	private static final Comparator<Violation> BY_PATH = Comparator
		.comparing(Violation::path, ViolationMapper::comparePaths)
		.thenComparing(Violation::code);

	private ViolationMapper() {
	}

	/**
	 * Returns the violations of one argument.
	 * @param argument the name of the argument
	 * @param found the constraint violations of its value
	 * @return the violations, in the order of their paths, which start with the argument
	 */
	public static List<Violation> of(String argument, Collection<? extends ConstraintViolation<?>> found) {
		return of(List.of(argument), found);
	}

	/** Returns the violations of all arguments of a controller method. */
	static List<Violation> of(Collection<? extends ConstraintViolation<?>> found) {
		return of(List.of(), found);
	}

	private static List<Violation> of(List<Object> prefix, Collection<? extends ConstraintViolation<?>> found) {
		return found.stream().map((violation) -> of(prefix, violation)).sorted(BY_PATH).toList();
	}

	private static Violation of(List<Object> prefix, ConstraintViolation<?> found) {
		List<Object> path = new ArrayList<>(prefix);
		for (Path.Node node : found.getPropertyPath()) {
			Integer index = node.getIndex();
			if (index != null) {
				path.add(index);
			}
			if (node.getKind() == ElementKind.PARAMETER || node.getKind() == ElementKind.PROPERTY) {
				path.add(node.getName());
			}
		}
		String constraint = found.getConstraintDescriptor().getAnnotation().annotationType().getSimpleName();
		return new Violation(path, CODES.getOrDefault(constraint, "INVALID"), found.getMessage());
	}

	static Violation of(FieldError error) {
		return new Violation(List.copyOf(Arrays.asList(error.getField().split("\\."))), "TYPE",
				"The value has the wrong type.");
	}

	/** Compares list indexes as numbers: the second element precedes the tenth. */
	private static int comparePaths(List<Object> a, List<Object> b) {
		for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
			int order = (a.get(i) instanceof Integer first && b.get(i) instanceof Integer second)
					? first.compareTo(second) : a.get(i).toString().compareTo(b.get(i).toString());
			if (order != 0) {
				return order;
			}
		}
		return Integer.compare(a.size(), b.size());
	}

}
