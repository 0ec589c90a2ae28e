package dev.kennel.graphql.http;

import java.util.concurrent.atomic.AtomicBoolean;

import dev.kennel.graphql.IpAddress;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.catalina.Globals;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns once if a request names the address of its client and Kennel does not evaluate
 * that: behind a proxy that Kennel does not trust, all clients share the proxy's address,
 * and with it one rate limit.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7239">RFC 7239, Forwarded HTTP
 * extension</a>
 */
final class UnevaluatedForwardingWarning {

	private static final Logger logger = LoggerFactory.getLogger(UnevaluatedForwardingWarning.class);

	private final AtomicBoolean given = new AtomicBoolean();

	void check(HttpServletRequest request) {
		if (this.given.getPlain()) {
			return;
		}
		boolean forwarded = request.getHeader("X-Forwarded-For") != null || request.getHeader("Forwarded") != null;
		// Tomcat's RemoteIpValve sets the attribute when the peer is a trusted proxy.
		if (forwarded && request.getAttribute(Globals.REQUEST_FORWARDED_ATTRIBUTE) == null
				&& this.given.compareAndSet(false, true)) {
			String address = IpAddress.canonical(request.getRemoteAddr());
			logger.warn(
					"""
							A request from {} names the address of its client, and that is ignored: if {} is a proxy, all of its \
							clients share one rate limit. If so, set server.forward-headers-strategy=native, have the proxy send \
							X-Forwarded-For, and, unless it has a private address, set server.tomcat.remoteip.internal-proxies \
							to a regular expression of its addresses.""",
					address, address);
		}
	}

}
