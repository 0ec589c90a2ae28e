package dev.kennel.server.header;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TraceParentTests {

	private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

	private static final String PARENT = "00f067aa0ba902b7";

	@Test
	void traceIdAndParentIdAreParsed() {
		assertThat(TraceParent.traceId("00-" + TRACE + "-" + PARENT + "-01")).isEqualTo(TRACE);
		assertThat(TraceParent.traceId("01-" + TRACE + "-" + PARENT + "-00-what-comes-later")).isEqualTo(TRACE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "00-" + TRACE + "-" + PARENT, "00-" + TRACE + "-" + PARENT + "-01-more",
			"ff-" + TRACE + "-" + PARENT + "-01", "00-00000000000000000000000000000000-" + PARENT + "-01",
			"00-" + TRACE + "-0000000000000000-01", "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + PARENT + "-01",
			"00-" + TRACE + "-" + PARENT + "-01\n" })
	void malformedHeaderIsIgnored(String header) {
		assertThat(TraceParent.traceId(header)).isNull();
	}

	@Test
	void missingHeaderIsIgnored() {
		assertThat(TraceParent.traceId(null)).isNull();
	}

}
