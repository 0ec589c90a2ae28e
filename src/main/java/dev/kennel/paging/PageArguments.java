package dev.kennel.paging;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.kennel.error.ApiException;
import dev.kennel.error.Violation;
import dev.kennel.error.ViolationMapper;
import dev.kennel.paging.filter.Filter;
import dev.kennel.paging.filter.FilterInput;
import dev.kennel.paging.order.Order;
import jakarta.validation.Validator;
import org.jspecify.annotations.Nullable;

/**
 * The four paging arguments of a list field, and whether its filter is within the limits,
 * as a parameter of a controller method. All lists of a level with the same arguments
 * share one instance.
 */
public final class PageArguments {

	private final @Nullable Integer first;

	private final @Nullable String after;

	private final @Nullable Integer last;

	private final @Nullable String before;

	private final @Nullable Violation filterViolation;

	private final PagingProperties properties;

	/**
	 * The last result of the validation, which is usually the one for the next list, too.
	 */
	private volatile @Nullable ValidatedQuery lastValidated;

	PageArguments(@Nullable Integer first, @Nullable String after, @Nullable Integer last, @Nullable String before,
			@Nullable Violation filterViolation, PagingProperties properties) {
		this.first = first;
		this.after = after;
		this.last = last;
		this.before = before;
		this.filterViolation = filterViolation;
		this.properties = properties;
	}

	@SuppressWarnings("ReferenceEquality")
	private record ValidatedQuery(ListDefinition<?> definition, Order order, @Nullable FilterInput filter,
			PageQuery query) {

		boolean isFor(ListDefinition<?> otherDefinition, Order otherOrder, @Nullable FilterInput otherFilter) {
			return this.definition == otherDefinition && this.order.equals(otherOrder) && this.filter == otherFilter;
		}

	}

	/** Validates all arguments, and reports all violations together. */
	PageQuery toQuery(ListDefinition<?> definition, Order order, @Nullable FilterInput filter, Validator validator) {
		ValidatedQuery validated = this.lastValidated;
		if (validated == null || !validated.isFor(definition, order, filter)) {
			validated = new ValidatedQuery(definition, order, filter, validate(definition, order, filter, validator));
			this.lastValidated = validated;
		}
		return validated.query();
	}

	/** Validates the arguments of a field that counts groups: the size and the filter. */
	GroupQuery toQuery(Grouping grouping, @Nullable FilterInput filter, Validator validator) {
		List<Violation> violations = new ArrayList<>();
		validateSize("first", this.first, violations);
		Filter condition = validateFilter(filter, validator, violations);
		if (!violations.isEmpty()) {
			throw ApiException.badUserInput(violations);
		}
		return new GroupQuery(grouping, condition, (this.first != null) ? this.first : this.properties.defaultSize());
	}

	private PageQuery validate(ListDefinition<?> definition, Order order, @Nullable FilterInput filter,
			Validator validator) {
		List<Violation> violations = new ArrayList<>();
		validateSize("first", this.first, violations);
		validateSize("last", this.last, violations);
		if (this.first != null && this.last != null) {
			violations.add(new Violation(List.of("last"), "EXCLUSIVE", "Use either first or last, not both."));
		}
		Cursor afterCursor = decode("after", this.after, definition, order, violations);
		Cursor beforeCursor = decode("before", this.before, definition, order, violations);
		Filter condition = validateFilter(filter, validator, violations);
		if (!violations.isEmpty()) {
			throw ApiException.badUserInput(violations);
		}
		// "before" by itself selects the page that ends there, as a client does that
		// pages backward.
		boolean backward = this.last != null || (this.first == null && this.before != null && this.after == null);
		Integer size = (this.last != null) ? this.last : this.first;
		return new PageQuery(order, condition, (size != null) ? size : this.properties.defaultSize(), backward,
				afterCursor, beforeCursor);
	}

	private void validateSize(String argument, @Nullable Integer size, List<Violation> violations) {
		if (size != null && (size < 0 || size > this.properties.maxSize())) {
			violations.add(new Violation(List.of(argument), "RANGE",
					"A page has 0 to " + this.properties.maxSize() + " rows."));
		}
	}

	/** Returns the condition of a filter, or adds its violations. */
	private Filter validateFilter(@Nullable FilterInput filter, Validator validator, List<Violation> violations) {
		if (this.filterViolation != null) {
			violations.add(this.filterViolation);
			return Filter.ALL_ROWS;
		}
		if (filter == null) {
			return Filter.ALL_ROWS;
		}
		List<Violation> found = ViolationMapper.of("filter", validator.validate(filter));
		if (!found.isEmpty()) {
			violations.addAll(found);
			return Filter.ALL_ROWS;
		}
		Filter condition = filter.toFilter();
		if (condition.nestsRelations()) {
			violations.add(new Violation(List.of("filter"), "NESTING",
					"Relation filters cannot be nested: a filter on `owner` or `dogs` must not contain another one."));
		}
		return condition;
	}

	private static @Nullable Cursor decode(String argument, @Nullable String text, ListDefinition<?> definition,
			Order order, List<Violation> violations) {
		if (text == null) {
			return null;
		}
		Optional<Cursor> cursor = Cursor.decode(text, definition.tag(), order);
		if (cursor.isEmpty()) {
			violations
				.add(new Violation(List.of(argument), "CURSOR", "The cursor is not valid for this list and order."));
		}
		return cursor.orElse(null);
	}

}
