package dev.kennel.passkey;

import java.util.List;

/**
 * A passkey in the options for the browser.
 *
 * @param credentialId the id that its authenticator has chosen
 * @param transports how to reach its authenticator, by the names of WebAuthn
 */
@SuppressWarnings("ArrayRecordComponent") // Descriptors are not compared.
record PasskeyDescriptor(byte[] credentialId, List<String> transports) {

	PasskeyDescriptor {
		transports = List.copyOf(transports);
	}

	@Override
	public String toString() {
		return "PasskeyDescriptor[transports=" + this.transports + "]";
	}

}
