package dev.kennel;

import org.jspecify.annotations.Nullable;

/** Thrown if a setting under {@code kennel.} is unknown. */
class UnknownSettingException extends RuntimeException {

	private final String setting;

	private final @Nullable String origin;

	private final @Nullable String nearest;

	UnknownSettingException(String setting, @Nullable String origin, @Nullable String nearest) {
		super("There is no setting " + setting);
		this.setting = setting;
		this.origin = origin;
		this.nearest = nearest;
	}

	String setting() {
		return this.setting;
	}

	/** Returns where the setting comes from, if known. */
	@Nullable String origin() {
		return this.origin;
	}

	/** Returns the known setting with the most similar name. */
	@Nullable String nearest() {
		return this.nearest;
	}

}
