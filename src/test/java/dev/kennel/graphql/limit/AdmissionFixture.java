package dev.kennel.graphql.limit;

import java.util.Map;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** LimitEnforcer control with the default limits. */
public final class AdmissionFixture {

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

	private AdmissionFixture() {
	}

	static LimitProperties limits() {
		return new Binder(new MapConfigurationPropertySource(Map.of())).bindOrCreate("kennel.graphql.limits",
				LimitProperties.class);
	}

	/**
	 * Returns an limits control with the default limits.
	 * @return the limits control
	 */
	public static LimitEnforcer create() {
		return new LimitEnforcer(limits(), new IntrospectionProperties(true), PAGES);
	}

}
