package dev.kennel.graphql.limit;

import java.util.Map;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Admission control with the default limits. */
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
	 * Returns an admission control with the default limits.
	 * @return the admission control
	 */
	public static Admission create() {
		return new Admission(limits(), new IntrospectionProperties(true), PAGES);
	}

}
