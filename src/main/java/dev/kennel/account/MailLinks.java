package dev.kennel.account;

import dev.kennel.graphql.http.WebAppProperties;
import dev.kennel.graphql.http.WebProperties;

import org.springframework.stereotype.Component;

/**
 * Where the links in mails lead: to the pages of the web app that Kennel serves, if it
 * serves one; otherwise, to those of the frontend at {@code kennel.web.base-url}, or to
 * Kennel's own ({@link MailLinkPages}).
 */
@Component
class MailLinks {

	private final WebProperties web;

	private final WebAppProperties app;

	MailLinks(WebProperties web, WebAppProperties app) {
		this.web = web;
		this.app = app;
	}

	/**
	 * Returns a link. The token is after the number sign: browsers keep that to
	 * themselves, so that it is in no server's log.
	 * @param page the name of the page
	 * @param token the token that the page takes
	 * @return the URL
	 */
	String to(String page, OneTimeToken token) {
		String root = this.app.isConfigured() ? WebAppProperties.PATH : "/";
		return this.web.page(root + page + "#token=" + token.value());
	}

}
