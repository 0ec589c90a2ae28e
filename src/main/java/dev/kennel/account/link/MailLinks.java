package dev.kennel.account.link;

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

}
