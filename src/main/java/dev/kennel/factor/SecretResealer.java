package dev.kennel.factor;

import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Encrypts the secrets of one-time codes with the current key once the keys have been
 * rotated, so that the old key can be removed; and removes secrets that were not
 * confirmed in time.
 */
@Component
class SecretResealer {

	private static final Logger logger = LoggerFactory.getLogger(SecretResealer.class);

	private static final int BATCH_SIZE = 500;

	private final SecondFactorRepository factors;

	private final SecretSealer sealer;

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
		catch (IllegalStateException ex) {
			logger.error("Secrets of one-time codes can't be encrypted with the current key: {}", ex.getMessage());
		}
	}

	private void reseal() {
		List<SecondFactorRepository.TotpSecret> batch;
		int resealed = 0;
		do {
			batch = this.factors.findSealedWithOther(this.sealer.currentKeyId(), BATCH_SIZE);
			for (SecondFactorRepository.TotpSecret stored : batch) {
				byte[] secret = this.sealer.open(stored.account(), stored.secret());
				this.factors.reseal(stored.account(), stored.secret(), this.sealer.seal(stored.account(), secret));
			}
			resealed += batch.size();
		}
		while (batch.size() == BATCH_SIZE);
		if (resealed > 0) {
			logger.info("{} secrets of one-time codes are encrypted with the key {} now", resealed,
					this.sealer.currentKeyId());
		}
	}

}
