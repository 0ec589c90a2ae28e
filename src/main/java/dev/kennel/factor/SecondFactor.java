package dev.kennel.factor;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/**
 * The second factor of an account.
 *
 * @param kinds the kinds of proof that a log-in accepts
 * @param confirmedAt when it was confirmed
 * @param recoveryCodesLeft how many recovery codes have not been used
 * @param policy which log-ins need it
 * @param trustId the id that tokens of trusted devices have
 */
public record SecondFactor(List<FactorKind> kinds, OffsetDateTime confirmedAt, int recoveryCodesLeft,
		SecondFactorPolicy policy, UUID trustId) {

	public SecondFactor {
		kinds = List.copyOf(kinds);
	}

}
