package dev.kennel.server.header;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resolves the address of a request's client. Behind proxies it is the last address in
 * {@code X-Forwarded-For} that is not a trusted proxy's: earlier ones can be forged by
 * the client. Reactor Netty's own resolution uses the first one, from any peer.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7239">RFC 7239, Forwarded HTTP
 * extension</a>
 */
public final class ClientAddresses {

	private static final Logger logger = LoggerFactory.getLogger(ClientAddresses.class);

	private static final String X_FORWARDED_FOR = "X-Forwarded-For";

	/** The standard header, which is not evaluated. */
	private static final String FORWARDED = "Forwarded";

	/** An IPv4 address with a port, or a bracketed IPv6 address with an optional port. */
	private static final Pattern ADDRESS_WITH_PORT = Pattern
		.compile("(?:([\\d.]+):\\d{1,5}|\\[([^]]+)](?::\\d{1,5})?)");

	private final boolean forwarded;

	private final List<AddressRange> proxies;

	private final AtomicBoolean warned = new AtomicBoolean();

	/**
	 * Creates a resolver.
	 * @param forwarded whether forwarded headers are evaluated
	 * @param proxies the address ranges of trusted proxies
	 */
	public ClientAddresses(boolean forwarded, List<String> proxies) {
		this.forwarded = forwarded;
		this.proxies = proxies.stream().map(AddressRange::parse).toList();
	}

	private boolean isTrusted(@Nullable InetSocketAddress peer) {
		return this.forwarded && peer != null && peer.getAddress() != null && isTrusted(peer.getAddress());
	}

	private boolean isTrusted(InetAddress address) {
		return this.proxies.stream().anyMatch((range) -> range.contains(address));
	}

	/**
	 * Resolves the client's address. Forwarded values are parsed as IP address literals,
	 * without a DNS lookup.
	 * @param peer the remote address of the connection
	 * @param headers the headers of the request
	 * @return the address, or null if the forwarded value is not an IP address
	 */
	public @Nullable InetSocketAddress of(@Nullable InetSocketAddress peer, HttpHeaders headers) {
		boolean hasForwardedFor = headers.contains(X_FORWARDED_FOR);
		if (!hasForwardedFor && !headers.contains(FORWARDED)) {
			return peer;
		}
		if (!hasForwardedFor || !isTrusted(peer)) {
			warnOnce(peer);
			return peer;
		}
		// Not a HeaderList: an empty element makes the header invalid.
		String[] addresses = String.join(",", headers.getAll(X_FORWARDED_FOR)).split(",", -1);
		InetAddress client = null;
		for (int i = addresses.length - 1; i >= 0; i--) {
			try {
				client = InetAddress.ofLiteral(withoutPort(addresses[i].strip()));
			}
			catch (IllegalArgumentException ex) {
				return null;
			}
			if (!isTrusted(client)) {
				break;
			}
		}
		return new InetSocketAddress(client, 0);
	}

	/** Some proxies add the port of the client's connection. */
	private static String withoutPort(String address) {
		Matcher parts = ADDRESS_WITH_PORT.matcher(address);
		if (!parts.matches()) {
			return address;
		}
		return Objects.requireNonNullElse(parts.group(1), parts.group(2));
	}

	/**
	 * Returns whether a trusted proxy reports that the client uses TLS.
	 * @param peer the remote address of the connection
	 * @param headers the headers of the request
	 * @return whether it does
	 */
	public boolean isSecure(@Nullable InetSocketAddress peer, HttpHeaders headers) {
		return this.forwarded && "https".equalsIgnoreCase(headers.get("X-Forwarded-Proto")) && isTrusted(peer);
	}

	/**
	 * Warns once. Behind an untrusted proxy, all clients share the proxy's address, and
	 * with it one rate limit.
	 */
	private void warnOnce(@Nullable InetSocketAddress peer) {
		if (peer != null && this.warned.compareAndSet(false, true)) {
			String address = NetUtil.toAddressString(peer.getAddress());
			logger.warn(
					"""
							A request from {} names the address of its client, and that is ignored: if {} is a proxy, all of its \
							clients share one rate limit. If so, set server.forward-headers-strategy=native, have the proxy send \
							X-Forwarded-For, and add its address to kennel.server.trusted-proxies.""",
					address, address);
		}
	}

}
