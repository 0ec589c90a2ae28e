package dev.kennel.passkey;

import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.webauthn4j.data.client.Origin;
import dev.kennel.web.WebProperties;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.stereotype.Component;

/**
 * The service as the relying party of its passkeys: its id is the host of the base URL.
 *
 * @see <a href="https://www.w3.org/TR/webauthn-3/#relying-party-identifier">Web
 * Authentication, relying party identifier</a>
 */
@Component
@EnableConfigurationProperties(PasskeyProperties.class)
class RelyingParty {

	private final String id;

	private final Set<Origin> origins;

	/**
	 * Makes the relying party.
	 * @throws InvalidConfigurationPropertyValueException if browsers refuse the id to the
	 * pages of an origin
	 */
	RelyingParty(WebProperties web, PasskeyProperties properties) {
		this.id = web.baseUrl().getHost().toLowerCase(Locale.ROOT);
		properties.origins().forEach(this::requireUsable);
		this.origins = Stream.concat(Stream.of(web.origin()), properties.origins().stream())
			.map(Origin::new)
			.collect(Collectors.toUnmodifiableSet());
	}

	private void requireUsable(String origin) {
		if (origin.startsWith(PasskeyProperties.ANDROID)) {
			return;
		}
		String host = URI.create(origin).getHost();
		if (host == null || !(host.equals(this.id) || host.endsWith("." + this.id))) {
			throw new InvalidConfigurationPropertyValueException("kennel.auth.passkeys.origins", origin,
					"Passkeys are bound to the host of kennel.web.base-url, " + this.id
							+ ": an origin has this host or one of its subdomains");
		}
	}

	/** Returns the domain that passkeys are bound to. */
	String id() {
		return this.id;
	}

	/** Returns the origins of the pages and apps that may use the passkeys. */
	Set<Origin> origins() {
		return this.origins;
	}

}
