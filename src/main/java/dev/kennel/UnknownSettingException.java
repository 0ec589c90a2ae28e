package dev.kennel;

import org.jspecify.annotations.Nullable;

/** Something is set under {@code kennel.} that there is not. */
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

	/** Where it is set, if that is known. */
	@Nullable String origin() {
		return this.origin;
	}

	/** What may have been meant. */
	@Nullable String nearest() {
		return this.nearest;
	}

}
