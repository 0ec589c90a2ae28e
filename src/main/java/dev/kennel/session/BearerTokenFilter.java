package dev.kennel.session;

import java.io.IOException;
import java.util.Locale;

import dev.kennel.graphql.Caller;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Finds out who sends a request, by its access token. A token that is not valid refuses
 * nothing here: the fields that need an account do, so that a client can still log in
 * with it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6750#section-2.1">RFC 6750, section
 * 2.1</a>
 */
class BearerTokenFilter extends OncePerRequestFilter {

	private static final String SCHEME = "bearer ";

	private final AccessTokens tokens;

	private final RevokedSessions revoked;

	BearerTokenFilter(AccessTokens tokens, RevokedSessions revoked) {
		this.tokens = tokens;
		this.revoked = revoked;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		String token = token(request.getHeader(HttpHeaders.AUTHORIZATION));
		if (token != null) {
			SecurityContextHolder.setContext(new SecurityContextImpl(authenticate(token)));
		}
		chain.doFilter(request, response);
	}

	static @Nullable String token(@Nullable String header) {
		if (header == null) {
			return null;
		}
		// A header that names the scheme and nothing else is a token that is not valid,
		// and no absent one.
		String credentials = header.strip() + " ";
		return credentials.toLowerCase(Locale.ROOT).startsWith(SCHEME) ? credentials.substring(SCHEME.length()).strip()
				: null;
	}

	private CallerAuthentication authenticate(String token) {
		Caller caller = this.tokens.verify(token);
		return new CallerAuthentication((caller != null && !this.revoked.contains(caller.session())) ? caller : null);
	}

}
