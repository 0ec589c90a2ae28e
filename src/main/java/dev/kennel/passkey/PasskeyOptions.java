package dev.kennel.passkey;

import java.util.List;

import com.webauthn4j.data.PublicKeyCredentialParameters;
import dev.kennel.account.User;
import dev.kennel.text.Base64Url;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.stereotype.Component;

/**
 * Writes the options for the browser, in the JSON that
 * {@code PublicKeyCredential.parseCreationOptionsFromJSON} and
 * {@code parseRequestOptionsFromJSON} read.
 *
 * @see <a href="https://www.w3.org/TR/webauthn-3/#sctn-parseCreationOptionsFromJSON">Web
 * Authentication, 5.1.8 and 5.1.9</a>
 */
@Component
class PasskeyOptions {

	private static final JsonMapper JSON = new JsonMapper();

	private static final String TYPE = "public-key";

	private final RelyingParty party;

	PasskeyOptions(RelyingParty party) {
		this.party = party;
	}

	/**
	 * Returns the options for a new passkey: discoverable, with user verification.
	 * @param handle the user handle of the account
	 * @param present the account's passkeys, whose authenticators are to make no other
	 */
	String creation(PasskeyChallengeCodec.Challenge challenge, User user, byte[] handle,
			List<PasskeyDescriptor> present) {
		ObjectNode options = JSON.createObjectNode();
		options.putObject("rp").put("id", this.party.id()).put("name", "Kennel");
		options.putObject("user")
			.put("id", Base64Url.encode(handle))
			.put("name", user.username())
			.put("displayName", user.username());
		options.put("challenge", Base64Url.encode(challenge.bytes()));
		ArrayNode algorithms = options.putArray("pubKeyCredParams");
		for (PublicKeyCredentialParameters algorithm : PasskeyVerifier.ALGORITHMS) {
			algorithms.addObject().put("type", TYPE).put("alg", algorithm.getAlg().getValue());
		}
		options.put("timeout", PasskeyChallengeCodec.LIFETIME.toMillis());
		describe(options.putArray("excludeCredentials"), present);
		options.putObject("authenticatorSelection")
			.put("residentKey", "required")
			.put("requireResidentKey", true)
			.put("userVerification", "required");
		options.put("attestation", "none");
		return JSON.writeValueAsString(options);
	}

	/**
	 * Returns the options for a proof.
	 * @param allowed the passkeys that can give it; none for any of the browser's
	 */
	String request(PasskeyChallengeCodec.Challenge challenge, List<PasskeyDescriptor> allowed) {
		ObjectNode options = JSON.createObjectNode();
		options.put("challenge", Base64Url.encode(challenge.bytes()));
		options.put("timeout", PasskeyChallengeCodec.LIFETIME.toMillis());
		options.put("rpId", this.party.id());
		describe(options.putArray("allowCredentials"), allowed);
		options.put("userVerification", "required");
		return JSON.writeValueAsString(options);
	}

	private static void describe(ArrayNode array, List<PasskeyDescriptor> passkeys) {
		for (PasskeyDescriptor passkey : passkeys) {
			ObjectNode descriptor = array.addObject()
				.put("type", TYPE)
				.put("id", Base64Url.encode(passkey.credentialId()));
			ArrayNode transports = descriptor.putArray("transports");
			passkey.transports().forEach(transports::add);
		}
	}

}
