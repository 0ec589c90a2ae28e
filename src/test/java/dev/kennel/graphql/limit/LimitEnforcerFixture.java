package dev.kennel.graphql.limit;

import java.util.Map;

import dev.kennel.graphql.cost.FixedCosts;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Creates a {@link LimitEnforcer} for tests. */
public final class LimitEnforcerFixture {

	private LimitEnforcerFixture() {
	}

	static LimitProperties limits() {
		return new Binder(new MapConfigurationPropertySource(Map.of())).bindOrCreate("kennel.graphql.limits",
				LimitProperties.class);
	}

	/**
	 * Creates an enforcer of the default limits.
	 * @return the enforcer
	 */
	public static LimitEnforcer create() {
		return new LimitEnforcer(limits(), new IntrospectionProperties(true), FixedCosts.PAGES);
	}

}
