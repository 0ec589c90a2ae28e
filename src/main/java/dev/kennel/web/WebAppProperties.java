package dev.kennel.web;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;

/**
 * Settings of the web app that Kennel serves.
 *
 * @param location the folder with the output of the app's build; no app is served if
 * empty
 */
@ConfigurationProperties("kennel.web.app")
public record WebAppProperties(@DefaultValue("") String location) {

	/** The base path that the app is built for. */
	public static final String PATH = "/app/";

	/**
	 * Returns whether an app is configured.
	 * @return whether a folder is set
	 */
	public boolean isConfigured() {
		return StringUtils.hasText(this.location);
	}

}
