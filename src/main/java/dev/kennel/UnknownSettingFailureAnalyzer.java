package dev.kennel;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports an unknown setting, its origin, and the most similar known setting. */
class UnknownSettingFailureAnalyzer extends AbstractFailureAnalyzer<UnknownSettingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownSettingException cause) {
		String place = (cause.origin() != null) ? " (" + cause.origin() + ")" : "";
		String action = (cause.nearest() != null) ? "Did you mean " + cause.nearest() + "?"
				: "Correct its name, or remove it.";
		return new FailureAnalysis("There is no setting " + cause.setting() + place + ".", action, cause);
	}

}
