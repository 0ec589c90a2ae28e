package dev.kennel.paging;

import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * A page of a list as the API exposes it. Fields that are not selected cost nothing:
 * cursors are encoded on demand, and {@link ConnectionLoader} reads the number of rows,
 * or whether there are more, only if the page does not imply it.
 *
 * @param <T> the type of a row
 * @see <a href=
 * "https://relay.dev/graphql/connections.htm#sec-Connection-Types">Connection types</a>
 */
public final class Connection<T> {

	private final ListDefinition<T> definition;

	private final ListKey<PageQuery> key;

	private final @Nullable Page<T> page;

	/** Creates a connection, without a page if only the number of rows is selected. */
	Connection(ListDefinition<T> definition, ListKey<PageQuery> key, @Nullable Page<T> page) {
		this.definition = definition;
		this.key = key;
		this.page = page;
	}

	/**
	 * Returns the rows.
	 * @return the rows, in the order of the list
	 */
	public List<T> nodes() {
		return page().nodes();
	}

	/**
	 * Returns the rows with their cursors.
	 * @return an edge for each row
	 */
	public List<Edge<T>> edges() {
		return IntStream.range(0, nodes().size()).mapToObj((index) -> new Edge<>(this, index)).toList();
	}

	/**
	 * Returns the position of the page in the list.
	 * @return the information on the page
	 */
	public PageInfo pageInfo() {
		return new PageInfo(this);
	}

	String cursor(int index) {
		List<@Nullable Object> sortValues = page().sortValues();
		UUID id = this.definition.id().apply(nodes().get(index)).uuid();
		return new Cursor(id, (sortValues != null) ? sortValues.get(index) : null).encode(this.definition.tag(),
				query().order());
	}

	ListDefinition<T> definition() {
		return this.definition;
	}

	ListKey<PageQuery> key() {
		return this.key;
	}

	PageQuery query() {
		return this.key.query();
	}

	/** Returns the number of rows in the list if the page is all of it, or null. */
	@Nullable Integer knownTotalCount() {
		return (this.page != null && query().after() == null && query().before() == null && !this.page.hasMore())
				? nodes().size() : null;
	}

	private Page<T> page() {
		if (this.page == null) {
			throw new IllegalStateException("The rows were not requested");
		}
		return this.page;
	}

	/** Returns whether rows follow the page, or null if only a query can tell. */
	@Nullable Boolean knownHasNextPage() {
		return hasMore(!query().backward(), query().before());
	}

	/** Returns whether rows precede the page, or null if only a query can tell. */
	@Nullable Boolean knownHasPreviousPage() {
		return hasMore(query().backward(), query().after());
	}

	private @Nullable Boolean hasMore(boolean limited, @Nullable Cursor bound) {
		if (limited && page().hasMore()) {
			return true;
		}
		return (bound == null) ? false : null;
	}

}
