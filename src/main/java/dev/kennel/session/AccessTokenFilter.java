package dev.kennel.session;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Finds out who sends a request, by its access token. A token that is not valid refuses
 * nothing here: the fields that need an account do, so that a client can still log in
 * with it.
 */
class AccessTokenFilter extends OncePerRequestFilter {

	private final TokenTransport transport;

	private final TokenAuthentication authentication;

	AccessTokenFilter(TokenTransport transport, TokenAuthentication authentication) {
		this.transport = transport;
		this.authentication = authentication;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		String token = this.transport.accessToken(request);
		if (token != null) {
			SecurityContextHolder.setContext(new SecurityContextImpl(this.authentication.authenticate(token)));
		}
		chain.doFilter(request, response);
	}

}
