package dev.kennel.graphql.limit;

import java.util.Map;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Creates a {@link LimitEnforcer} for tests. */
public final class LimitEnforcerFixture {

	/** The default page sizes. */
	static final PageSizes PAGES = new PageSizes() {

		@Override
		public int defaultSize() {
			return 50;
		}

		@Override
		public int maxSize() {
			return 200;
		}

	};

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
		return new LimitEnforcer(limits(), new KennelGraphQlProperties(true, false), PAGES);
	}

}
