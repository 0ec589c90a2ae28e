package dev.kennel.identity;

import java.util.Collection;
import java.util.stream.Collectors;

/**
 * How a session authenticated.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8176">RFC 8176, Authentication Method
 * Reference Values</a>
 */
public enum AuthenticationMethod {

	/** The password. */
	PASSWORD("pwd"),

	/** A mail to the verified address, for which the RFC has no value. */
	EMAIL("email"),

	/** A one-time code. */
	ONE_TIME_CODE("otp"),

	/** A recovery code, for which the RFC has no value. */
	RECOVERY_CODE("recovery"),

	/** A passkey that can't leave its authenticator. */
	HARDWARE_KEY("hwk"),

	/** A passkey that may be backed up, such as synced among devices. */
	SOFTWARE_KEY("swk"),

	/** More than one factor. */
	MULTI_FACTOR("mfa");

	private final String value;

	AuthenticationMethod(String value) {
		this.value = value;
	}

	/**
	 * Returns the values of methods, as sessions store them.
	 * @param methods the methods
	 * @return the values in alphabetical order, separated by spaces
	 */
	public static String join(Collection<AuthenticationMethod> methods) {
		return methods.stream().map((method) -> method.value).distinct().sorted().collect(Collectors.joining(" "));
	}

}
