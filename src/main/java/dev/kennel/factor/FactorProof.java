package dev.kennel.factor;

import java.util.List;

import dev.kennel.error.ApiException;
import dev.kennel.error.Violation;
import dev.kennel.identity.AccountId;
import dev.kennel.throttle.RateLimitedAction;
import org.jspecify.annotations.Nullable;

/**
 * A claimed proof of a second factor.
 *
 * @param kind the kind of the factor
 * @param text the code
 */
public record FactorProof(FactorKind kind, String text) {

	/**
	 * Returns the proof of an input.
	 * @param code the member {@code code}
	 * @param recoveryCode the member {@code recoveryCode}
	 * @return the proof, or null if both members are null
	 * @throws ApiException with BAD_USER_INPUT if neither is null
	 */
	public static @Nullable FactorProof of(@Nullable String code, @Nullable String recoveryCode) {
		if (code != null && recoveryCode != null) {
			throw exclusive("recoveryCode");
		}
		if (code != null) {
			return new FactorProof(FactorKind.TOTP, code);
		}
		return (recoveryCode != null) ? new FactorProof(FactorKind.RECOVERY_CODE, recoveryCode) : null;
	}

	/**
	 * Returns the error for an input with several proofs.
	 * @param member the member that is one too many
	 * @return the error
	 */
	public static ApiException exclusive(String member) {
		return violation(member, "EXCLUSIVE", "Give one proof only.");
	}

	/**
	 * Returns the error for an input without a proof.
	 * @param member the member that is missing
	 * @return the error
	 */
	public static ApiException required(String member) {
		return violation(member, "REQUIRED", "A proof is missing.");
	}

	/**
	 * Returns the action whose rate limits a guess is charged to. A recovery code has too
	 * many bits to be guessed: the limit of an account, which wrong codes of others use
	 * up, does not count its guesses.
	 * @return the action
	 */
	public RateLimitedAction action() {
		return (this.kind == FactorKind.TOTP) ? RateLimitedAction.CODE : RateLimitedAction.ONE_TIME_TOKEN;
	}

	/**
	 * Returns what a guess is charged to beside the networks of its client.
	 * @param account the account
	 * @return the account; null for a recovery code
	 */
	public @Nullable String target(AccountId account) {
		return (this.kind == FactorKind.TOTP) ? account.value().toString() : null;
	}

	/**
	 * Returns the error for a wrong proof.
	 * @return the error
	 */
	public ApiException wrong() {
		return (this.kind == FactorKind.TOTP)
				? violation("code", "WRONG_CODE", "This code is wrong, too old, or was used before.")
				: violation("recoveryCode", "WRONG_CODE", "This recovery code is wrong, or was used before.");
	}

	private static ApiException violation(String member, String code, String message) {
		return ApiException.badUserInput(List.of(new Violation(List.of("input", member), code, message)));
	}

	@Override
	public String toString() {
		return "FactorProof[kind=" + this.kind + "]";
	}

}
