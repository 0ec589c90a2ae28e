package dev.kennel.passkey;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.webauthn4j.data.client.Origin;
import dev.kennel.graphql.http.WebProperties;

import org.springframework.stereotype.Component;

/**
 * The service as the relying party of its passkeys: its id is the host of the base URL.
 *
 * @see <a href="https://www.w3.org/TR/webauthn-3/#relying-party-identifier">Web
 * Authentication, relying party identifier</a>
 */
@Component
class RelyingParty {

	private final String id;

	private final Set<Origin> origins;

	RelyingParty(WebProperties web, PasskeyProperties properties) {
		this.id = web.baseUrl().getHost().toLowerCase(Locale.ROOT);
		this.origins = Stream.concat(Stream.of(web.origin()), properties.origins().stream())
			.map(Origin::new)
			.collect(Collectors.toUnmodifiableSet());
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
