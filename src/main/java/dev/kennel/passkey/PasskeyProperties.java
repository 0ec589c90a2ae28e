package dev.kennel.passkey;

import java.util.List;

import jakarta.validation.constraints.Pattern;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of passkeys.
 *
 * @param origins the origins, in addition to that of {@code kennel.web.base-url}, whose
 * pages and apps may use the service's passkeys
 */
@Validated
@ConfigurationProperties("kennel.auth.passkeys")
record PasskeyProperties(@DefaultValue List<@Pattern(regexp = PasskeyProperties.ORIGIN,
		message = "kennel.auth.passkeys.origins takes origins as browsers name them, of https or of localhost: "
				+ "https://app.example.com; or those of Android apps: android:apk-key-hash:…") String> origins) {

	/** Begins the origins of Android apps. */
	static final String ANDROID = "android:apk-key-hash:";

	static final String ORIGIN = "https://[a-z0-9.-]+(:\\d{1,5})?|http://localhost(:\\d{1,5})?" + "|" + ANDROID
			+ "[A-Za-z0-9_-]{43}";

	PasskeyProperties {
		origins = List.copyOf(origins);
	}

}
