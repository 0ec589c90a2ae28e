package dev.kennel.paging;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.kennel.error.ApiException;
import dev.kennel.error.Violation;
import dev.kennel.error.ViolationMapper;
import jakarta.validation.Validator;
import org.jspecify.annotations.Nullable;

/**
 * The four paging arguments of a list field. A controller method has it as a parameter,
 * and all lists of a level that share their arguments have the same one.
 */
public final class PageArguments {

	private final @Nullable Integer first;

	private final @Nullable String after;

	private final @Nullable Integer last;

	private final @Nullable String before;

	private final PagingProperties properties;

	/** What the arguments came to the last time, which is mostly what they come to. */
	private volatile @Nullable Checked checked;

	PageArguments(@Nullable Integer first, @Nullable String after, @Nullable Integer last, @Nullable String before,
			PagingProperties properties) {
		this.first = first;
		this.after = after;
		this.last = last;
		this.before = before;
		this.properties = properties;
	}

	@SuppressWarnings("ReferenceEquality")
	private record Checked(ListDefinition<?> listing, Order order, @Nullable FilterInput filter, PageQuery query) {

		boolean isOf(ListDefinition<?> otherListing, Order otherOrder, @Nullable FilterInput otherFilter) {
			return this.listing == otherListing && this.order.equals(otherOrder) && this.filter == otherFilter;
		}

	}

	/** Checks all there is to check, and tells all faults at once. */
	PageQuery toQuery(ListDefinition<?> listing, Order order, @Nullable FilterInput filter, Validator validator) {
		Checked known = this.checked;
		if (known == null || !known.isOf(listing, order, filter)) {
			known = new Checked(listing, order, filter, check(listing, order, filter, validator));
			this.checked = known;
		}
		return known.query();
	}

	private PageQuery check(ListDefinition<?> listing, Order order, @Nullable FilterInput filter, Validator validator) {
		List<Violation> violations = new ArrayList<>();
		checkSize("first", this.first, violations);
		checkSize("last", this.last, violations);
		if (this.first != null && this.last != null) {
			violations.add(new Violation(List.of("last"), "EXCLUSIVE", "Ask for first or for last, not for both."));
		}
		Cursor afterCursor = decode("after", this.after, listing, order, violations);
		Cursor beforeCursor = decode("before", this.before, listing, order, violations);
		if (filter != null) {
			violations.addAll(ViolationMapper.of("filter", validator.validate(filter)));
		}
		if (!violations.isEmpty()) {
			throw ApiException.badUserInput(violations);
		}
		// "before" by itself means the page that ends there, which is what paging
		// backward asks for.
		boolean backward = this.last != null || (this.first == null && this.before != null && this.after == null);
		Integer size = (this.last != null) ? this.last : this.first;
		return new PageQuery(order, (filter != null) ? filter.toFilter() : Filter.NONE,
				(size != null) ? size : this.properties.defaultSize(), backward, afterCursor, beforeCursor);
	}

	private void checkSize(String argument, @Nullable Integer size, List<Violation> violations) {
		if (size != null && (size < 0 || size > this.properties.maxSize())) {
			violations.add(new Violation(List.of(argument), "RANGE",
					"A page has 0 to " + this.properties.maxSize() + " rows."));
		}
	}

	private static @Nullable Cursor decode(String argument, @Nullable String text, ListDefinition<?> listing, Order order,
			List<Violation> violations) {
		if (text == null) {
			return null;
		}
		Optional<Cursor> cursor = Cursor.decode(text, listing.tag(), order);
		if (cursor.isEmpty()) {
			violations.add(new Violation(List.of(argument), "CURSOR", "This is no cursor of this list in this order."));
		}
		return cursor.orElse(null);
	}

}
