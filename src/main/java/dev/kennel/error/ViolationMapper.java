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

/** Tells what validation has found in a client's words. */
public final class ViolationMapper {

	/** The codes of violations, by the constraint that found them. */
	private static final Map<String, String> CODES = Map.ofEntries(Map.entry("CodePointLength", "LENGTH"),
			Map.entry("Size", "LENGTH"), Map.entry("PlainText", "CHARACTERS"), Map.entry("VisibleText", "CHARACTERS"),
			Map.entry("FreeformText", "CHARACTERS"), Map.entry("Pattern", "FORMAT"),
			Map.entry("EmailAddress", "FORMAT"), Map.entry("IdOf", "ID"), Map.entry("UncommonPassword", "COMMON"),
			Map.entry("YearRange", "RANGE"), Map.entry("NotNull", "REQUIRED"),
			Map.entry("CurrentPasswordGiven", "REQUIRED"));

	private static final Comparator<Violation> BY_PATH = Comparator.comparing(Violation::path, ViolationMapper::comparePaths)
		.thenComparing(Violation::code);

	private ViolationMapper() {
	}

	/**
	 * Answers the faults of one argument.
	 * @param argument the argument's name
	 * @param found what the validation of its value has found
	 * @return the violations, in the order of their paths, each of which begins with the
	 * argument
	 */
	public static List<Violation> of(String argument, Collection<? extends ConstraintViolation<?>> found) {
		return of(List.of(argument), found);
	}

	/** The faults of all arguments of a controller's method. */
	static List<Violation> of(Collection<? extends ConstraintViolation<?>> found) {
		return of(List.of(), found);
	}

	private static List<Violation> of(List<Object> place, Collection<? extends ConstraintViolation<?>> found) {
		return found.stream().map((violation) -> of(place, violation)).sorted(BY_PATH).toList();
	}

	private static Violation of(List<Object> place, ConstraintViolation<?> found) {
		List<Object> path = new ArrayList<>(place);
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

	/** Elements of a list are in its order: the second comes before the tenth. */
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
