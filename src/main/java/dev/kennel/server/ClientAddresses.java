package dev.kennel.server;

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
 * Finds out the address of a request's client. Behind proxies it is the last one in
 * {@code X-Forwarded-For} that is not a trusted proxy's: what stands before it anybody
 * may have written. Reactor Netty's own reading takes the first, from any peer.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7239">RFC 7239, Forwarded HTTP
 * extension</a>
 */
final class ClientAddresses {

	private static final Logger logger = LoggerFactory.getLogger(ClientAddresses.class);

	private static final String FOR = "X-Forwarded-For";

	/** Says the same, and is not read. */
	private static final String FORWARDED = "Forwarded";

	/** An address of IPv4 with a port, or one of IPv6 in brackets, with or without. */
	private static final Pattern WITH_PORT = Pattern.compile("(?:([\\d.]+):\\d{1,5}|\\[([^]]+)](?::\\d{1,5})?)");

	private final boolean forwarded;

	private final List<AddressRange> proxies;

	private final AtomicBoolean warned = new AtomicBoolean();

	/**
	 * Creates a finder.
	 * @param forwarded whether proxies are believed at all
	 * @param proxies the addresses of those that are
	 */
	ClientAddresses(boolean forwarded, List<String> proxies) {
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
	 * Finds the client's address. What a proxy names may be anything, and is never looked
	 * up in the DNS.
	 * @param peer the address that the connection comes from
	 * @param headers the headers of the request
	 * @return the address; null if what a proxy names is none
	 */
	@Nullable InetSocketAddress of(@Nullable InetSocketAddress peer, HttpHeaders headers) {
		boolean named = headers.contains(FOR);
		if (!named && !headers.contains(FORWARDED)) {
			return peer;
		}
		if (!named || !isTrusted(peer)) {
			warn(peer);
			return peer;
		}
		String[] addresses = String.join(",", headers.getAll(FOR)).split(",", -1);
		InetAddress found = null;
		for (int i = addresses.length - 1; i >= 0; i--) {
			try {
				found = InetAddress.ofLiteral(withoutPort(addresses[i].strip()));
			}
			catch (IllegalArgumentException ex) {
				return null;
			}
			if (!isTrusted(found)) {
				break;
			}
		}
		return new InetSocketAddress(found, 0);
	}

	/** Some proxies add the port of the client's connection. */
	private static String withoutPort(String address) {
		Matcher parts = WITH_PORT.matcher(address);
		if (!parts.matches()) {
			return address;
		}
		return Objects.requireNonNullElse(parts.group(1), parts.group(2));
	}

	/** Whether the client uses TLS to a proxy that says so. */
	boolean isSecure(@Nullable InetSocketAddress peer, HttpHeaders headers) {
		return this.forwarded && "https".equalsIgnoreCase(headers.get("X-Forwarded-Proto")) && isTrusted(peer);
	}

	/**
	 * Warns once: behind a proxy that is not trusted, all clients share the proxy's
	 * address, and with it one rate limit.
	 */
	private void warn(@Nullable InetSocketAddress peer) {
		if (peer != null && this.warned.compareAndSet(false, true)) {
			String address = NetUtil.toAddressString(peer.getAddress());
			logger
				.warn("""
						A request from {} names the address of its client, and that is ignored: if {} is a proxy, all of its \
						clients share one rate limit. If so, set server.forward-headers-strategy=native, have the proxy send \
						X-Forwarded-For, and, unless it has a private address, add its address to kennel.server.trusted-proxies.""",
						address, address);
		}
	}

}
