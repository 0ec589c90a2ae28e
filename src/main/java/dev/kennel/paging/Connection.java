package dev.kennel.paging;

import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * A page of a list as the API shows it. What is not selected costs nothing: cursors are
 * written when they are asked for, and the number of rows, and whether the list goes on,
 * are looked up by {@link ConnectionLoader} if the page can't tell.
 *
 * @param <T> what a row is
 * @see <a href=
 * "https://relay.dev/graphql/connections.htm#sec-Connection-Types">Connection types</a>
 */
public final class Connection<T> {

	private final ListDefinition<T> listing;

	private final ListKey<PageQuery> key;

	private final @Nullable Page<T> page;

	/** A page, or none if only the number of rows is asked for. */
	Connection(ListDefinition<T> listing, ListKey<PageQuery> key, @Nullable Page<T> page) {
		this.listing = listing;
		this.key = key;
		this.page = page;
	}

	/**
	 * Answers the rows.
	 * @return the rows, in the list's order
	 */
	public List<T> nodes() {
		return page().nodes();
	}

	/**
	 * Answers the rows with their cursors.
	 * @return an edge for each row
	 */
	public List<Edge<T>> edges() {
		return IntStream.range(0, nodes().size()).mapToObj((index) -> new Edge<>(this, index)).toList();
	}

	/**
	 * Answers where the page is in the list.
	 * @return the page's information
	 */
	public PageInfo pageInfo() {
		return new PageInfo(this);
	}

	String cursor(int index) {
		List<@Nullable Object> sortValues = page().sortValues();
		UUID id = this.listing.id().apply(nodes().get(index)).uuid();
		return new Cursor(id, (sortValues != null) ? sortValues.get(index) : null).encode(this.listing.tag(),
				query().order());
	}

	ListDefinition<T> listing() {
		return this.listing;
	}

	ListKey<PageQuery> key() {
		return this.key;
	}

	PageQuery query() {
		return this.key.query();
	}

	/** Answers how many rows the list has if the page is all of it, or null. */
	@Nullable Integer knownTotalCount() {
		return (this.page != null && query().after() == null && query().before() == null && !this.page.more())
				? nodes().size() : null;
	}

	private Page<T> page() {
		if (this.page == null) {
			throw new IllegalStateException("The rows have not been asked for");
		}
		return this.page;
	}

	/** Answers whether rows follow the page, or null if that has to be looked up. */
	@Nullable Boolean knownNext() {
		return goesOn(!query().backward(), query().before());
	}

	/** Answers whether rows come before the page, or null if that has to be looked up. */
	@Nullable Boolean knownPrevious() {
		return goesOn(query().backward(), query().after());
	}

	private @Nullable Boolean goesOn(boolean limited, @Nullable Cursor bound) {
		if (limited && page().more()) {
			return true;
		}
		return (bound == null) ? false : null;
	}

}
