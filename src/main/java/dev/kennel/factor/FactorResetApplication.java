package dev.kennel.factor;

import java.util.ArrayList;
import java.util.List;

import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.database.migration.MigrationApplication;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Client;
import dev.kennel.text.CaseFolding;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Removes the second factor and the passkeys of an account, ends its sessions, and exits
 * ({@code --kennel.account.reset-factors=<username>}), without the rest of the service:
 * the recovery of an account whose factors are all lost, or an attacker's. Instances may
 * run meanwhile, except on the embedded database.
 */
@ImportAutoConfiguration({ JdbcTemplateAutoConfiguration.class, JdbcClientAutoConfiguration.class,
		DataSourceTransactionManagerAutoConfiguration.class })
@Import({ SecondFactorRepository.class, SecurityLog.class })
public class FactorResetApplication {

	private static final Logger logger = LoggerFactory.getLogger(FactorResetApplication.class);

	private static final String ARGUMENT = "--kennel.account.reset-factors=";

	/**
	 * Returns whether to remove the factors of an account and exit.
	 * @param arguments the arguments of the command line
	 * @return whether {@code --kennel.account.reset-factors=…} is among them
	 */
	public static boolean isRequested(String... arguments) {
		return List.of(arguments).stream().anyMatch((argument) -> argument.startsWith(ARGUMENT));
	}

	/**
	 * Removes the second factor and the passkeys of the account that the arguments name,
	 * and revokes all its sessions. Log-ins need the password alone from now on.
	 * @param arguments the username, and settings as those of the service
	 * @return whether the account had a second factor or passkeys
	 * @throws IllegalArgumentException if there is no account of this name
	 */
	public static boolean reset(String... arguments) {
		List<String> all = new ArrayList<>(List.of(arguments));
		String username = all.stream()
			.filter((argument) -> argument.startsWith(ARGUMENT))
			.map((argument) -> argument.substring(ARGUMENT.length()))
			.reduce("", (first, last) -> last);
		// For this application, no setting of the service.
		all.removeIf((argument) -> argument.startsWith(ARGUMENT));
		all.add("--spring.main.web-application-type=none");
		// With the database, as for a migration.
		SpringApplication application = new SpringApplication(MigrationApplication.class, FactorResetApplication.class);
		try (ConfigurableApplicationContext context = application.run(all.toArray(String[]::new))) {
			SecondFactorRepository factors = context.getBean(SecondFactorRepository.class);
			SecurityLog log = context.getBean(SecurityLog.class);
			boolean removed = new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
				.execute((status) -> {
					AccountId account = factors.lockByUsernameKey(CaseFolding.key(username));
					if (account == null) {
						throw new IllegalArgumentException("There is no account of this name: " + username);
					}
					log.record(SecurityEvent.FACTORS_RESET, account, null, new Client("operator", null, "-", null));
					return factors.reset(account);
				});
			logger.info(removed ? "The second factor and the passkeys of {} were removed, and its sessions ended"
					: "{} has neither a second factor nor passkeys; its sessions were ended", username);
			return removed;
		}
	}

}
