package dev.kennel.engine.plan;

import graphql.language.Directive;
import org.jspecify.annotations.Nullable;

/**
 * A {@code @defer} at one place of a plan. It is identified by its instance: a fragment
 * that is spread twice has two.
 *
 * @see <a href= "https://github.com/graphql/graphql-spec/pull/1110">GraphQL, incremental
 * delivery</a>
 */
public final class DeferUsage {

	private final Directive directive;

	private final @Nullable DeferUsage parent;

	DeferUsage(Directive directive, @Nullable DeferUsage parent) {
		this.directive = directive;
		this.parent = parent;
	}

	Directive directive() {
		return this.directive;
	}

	/** Returns the label of the fragment, or null. */
	public @Nullable String label() {
		return DeferredFieldCollector.label(this.directive);
	}

	/** Returns the innermost deferred fragment around this one. */
	public @Nullable DeferUsage parent() {
		return this.parent;
	}

}
