package dev.kennel.account.link;

import java.util.List;

import dev.kennel.error.ApiException;
import dev.kennel.error.Violation;
import dev.kennel.secret.OneTimeToken;
import dev.kennel.web.WebAppProperties;
import dev.kennel.web.WebProperties;

import org.springframework.stereotype.Component;

/**
 * Builds the links in mails: to the web app that Kennel serves, if one is configured;
 * otherwise to the frontend at {@code kennel.web.base-url}, or to Kennel's own pages
 * ({@link MailLinkPages}).
 */
@Component
public class MailLinks {

	private final WebProperties web;

	private final WebAppProperties app;

	MailLinks(WebProperties web, WebAppProperties app) {
		this.web = web;
		this.app = app;
	}

	/**
	 * Returns a link. The token is in the fragment, which browsers do not send, so that
	 * no server logs it.
	 * @param page the name of the page
	 * @param token the token that the page takes
	 * @return the URL
	 */
	public String to(String page, OneTimeToken token) {
		String root = this.app.isConfigured() ? WebAppProperties.PATH : "/";
		return this.web.page(root + page + "#token=" + token.value());
	}

	/**
	 * Returns the error for an invalid token, which does not reveal the cause.
	 * @return the error
	 */
	public static ApiException invalidToken() {
		return ApiException.badUserInput(List.of(new Violation(List.of("input", "token"), "INVALID_TOKEN",
				"This link is not valid, was used before, or is too old. Ask for a new one.")));
	}

}
