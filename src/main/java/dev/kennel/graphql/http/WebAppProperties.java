package dev.kennel.graphql.http;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;

/**
 * The web app that Kennel serves.
 *
 * @param location the folder with the files that the app's build has made; none if empty
 */
@ConfigurationProperties("kennel.web.app")
public record WebAppProperties(@DefaultValue("") String location) {

	/** Where the app is: what it was built for. */
	public static final String PATH = "/app/";

	/**
	 * Returns whether there is an app.
	 * @return whether a folder is set
	 */
	public boolean isConfigured() {
		return StringUtils.hasText(this.location);
	}

}
