package dev.kennel.graphql.limit;

import java.util.Map;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Limits as they are with nothing set. */
public final class AdmissionFixture {

	/** Page sizes as they are with nothing set. */
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
	 * Makes what lets operations in.
	 * @return what does so
	 */
	public static Admission create() {
		return new Admission(limits(), new IntrospectionProperties(true), PAGES);
	}

}
