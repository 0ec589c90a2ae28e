package dev.kennel.account.password;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;

/**
 * Settings of the passwords that are known from data breaches.
 *
 * @param location the file or the directory with their hashes, as
 * {@code haveibeenpwned-downloader} writes it; new passwords are not compared with any if
 * empty
 */
@ConfigurationProperties("kennel.auth.breached-passwords")
record BreachedPasswordsProperties(@DefaultValue("") String location) {

	boolean isConfigured() {
		return StringUtils.hasText(this.location);
	}

}
