package dev.kennel.factor;

/** Which log-ins need the second factor. */
public enum SecondFactorPolicy {

	/** All. */
	ALWAYS,

	/** Those at devices that are not trusted. */
	NEW_DEVICES

}
