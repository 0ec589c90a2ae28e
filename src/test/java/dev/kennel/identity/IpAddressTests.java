package dev.kennel.identity;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class IpAddressTests {

	/** The examples of RFC 5952, sections 1 to 4, among others. */
	@ParameterizedTest
	@CsvSource({ "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1", "2001:0db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
			"2001:db8::0:1:0:0:1, 2001:db8::1:0:0:1", "2001:DB8:0:0:1::1, 2001:db8::1:0:0:1",
			"2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001, 2001:db8:aaaa:bbbb:cccc:dddd:eeee:1",
			"2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1", "2001:db8::1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
			"2001:0:0:1:0:0:0:1, 2001:0:0:1::1", "2001:db8:0:0:0:0:2:1, 2001:db8::2:1", "0:0:0:0:0:0:0:0, ::",
			"0:0:0:0:0:0:0:1, ::1", "1:0:0:0:0:0:0:0, 1::", "1:0:0:2:0:0:3:0, 1::2:0:0:3:0",
			"FE80:0:0:0:0:0:0:A%eth0, fe80::a", "fe80::a%1, fe80::a", "::ffff:198.51.100.7, 198.51.100.7",
			"0:0:0:0:0:FFFF:C633:6407, 198.51.100.7", "198.51.100.7, 198.51.100.7", "unknown, unknown", "'', ''" })
	void addressHasOneCanonicalText(String text, String canonical) {
		assertThat(IpAddress.canonical(text)).isEqualTo(canonical);
		assertThat(new Client(text, null, "test", null).address()).isEqualTo(canonical);
	}

}
