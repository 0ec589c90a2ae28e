package dev.kennel.server.header;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ClientAddressesTests {

	private static final List<String> PROXIES = List.of("10.0.0.0/8", "192.0.2.7", "2001:db8::/33");

	private static @Nullable String of(boolean forwarded, String peer, @Nullable String header) {
		HttpHeaders headers = new DefaultHttpHeaders();
		if (header != null) {
			headers.add("X-Forwarded-For", header);
		}
		InetSocketAddress resolved = new ClientAddresses(forwarded, PROXIES)
			.of(new InetSocketAddress(InetAddress.ofLiteral(peer), 1), headers);
		return (resolved != null) ? resolved.getAddress().getHostAddress() : null;
	}

	/**
	 * Addresses before the last untrusted one can be forged by the client.
	 */
	@ParameterizedTest
	@CsvSource({ "10.1.2.3, 203.0.113.1, 203.0.113.1", "10.1.2.3, '1.1.1.1, 203.0.113.1', 203.0.113.1",
			"192.0.2.7, '1.1.1.1, 203.0.113.1, 10.9.9.9', 203.0.113.1", "192.0.2.8, 203.0.113.1, 192.0.2.8",
			"11.0.0.1, 203.0.113.1, 11.0.0.1", "10.1.2.3, , 10.1.2.3", "10.1.2.3, '10.0.0.1, 10.0.0.2', 10.0.0.1",
			"2001:db8:7fff::1, 203.0.113.1, 203.0.113.1", "2001:db8:8000::1, 203.0.113.1, 2001:db8:8000:0:0:0:0:1",
			"10.1.2.3, localhost, ", "10.1.2.3, '203.0.113.1,', ", "10.1.2.3, 203.0.113.1:5678, 203.0.113.1",
			"10.1.2.3, '203.0.113.1:5678, 10.9.9.9:80', 203.0.113.1",
			"10.1.2.3, [2001:db9::1]:80, 2001:db9:0:0:0:0:0:1", "10.1.2.3, [2001:db9::1], 2001:db9:0:0:0:0:0:1",
			"10.1.2.3, 203.0.113.1:, ", "10.1.2.3, 203.0.113.1:x, ", "10.1.2.3, [2001:db9::1, " })
	void clientIsTheLastUntrustedAddress(String peer, @Nullable String header, @Nullable String client) {
		assertThat(of(true, peer, header)).isEqualTo(client);
		assertThat(of(false, peer, header)).isEqualTo(InetAddress.ofLiteral(peer).getHostAddress());
	}

	@Test
	void invalidRangesAreRejected() {
		for (String text : List.of("10.0.0.0/33", "::/129", "10.0.0.0/-1", "proxy.example", "10.0.0.0/x", "")) {
			assertThatIllegalArgumentException().as(text).isThrownBy(() -> AddressRange.parse(text));
		}
	}

}
