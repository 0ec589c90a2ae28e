package dev.kennel.factor;

import java.util.List;
import java.util.UUID;

import dev.kennel.identity.AccountId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Encrypts the secrets of one-time codes with the current key once the keys have been
 * rotated, so that the old key can be removed.
 */
@Component
class SecretResealer {

	private static final Logger logger = LoggerFactory.getLogger(SecretResealer.class);

	private static final int BATCH_SIZE = 500;

	private final SecondFactorRepository factors;

	private final SecretSealer sealer;

	/** The key with which the log says that all secrets are encrypted. */
	private @Nullable String reported;

	SecretResealer(SecondFactorRepository factors, SecretSealer sealer) {
		this.factors = factors;
		this.sealer = sealer;
	}

	@Scheduled(initialDelay = 60_000, fixedDelay = 3_600_000)
	void run() {
		try {
			reseal();
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("The secrets of one-time codes could not be encrypted anew; the next run catches up", ex);
		}
	}

	private void reseal() {
		String current = this.sealer.currentKeyId();
		List<SecondFactorRepository.TotpSecret> batch;
		AccountId after = new AccountId(new UUID(0, 0));
		int unreadable = 0;
		do {
			batch = this.factors.findSealedWithOther(current, after, BATCH_SIZE);
			for (SecondFactorRepository.TotpSecret stored : batch) {
				after = stored.account();
				unreadable += reseal(stored) ? 0 : 1;
			}
		}
		while (batch.size() == BATCH_SIZE);
		if (unreadable > 0) {
			logger.error("{} secrets of one-time codes are encrypted with keys that kennel.auth.keys lacks",
					unreadable);
		}
		else if (!current.equals(this.reported)) {
			this.reported = current;
			logger.info("All secrets of one-time codes are encrypted with the key {}", current);
		}
	}

	/** Returns false if the key of the secret is not configured. */
	private boolean reseal(SecondFactorRepository.TotpSecret stored) {
		byte[] secret;
		try {
			secret = this.sealer.open(stored.account(), stored.secret());
		}
		catch (IllegalStateException ex) {
			logger.debug("A secret can't be decrypted", ex);
			return false;
		}
		this.factors.reseal(stored.account(), stored.secret(), this.sealer.seal(stored.account(), secret));
		return true;
	}

}
