package dev.kennel;

import dev.kennel.database.migration.MigrationApplication;
import dev.kennel.factor.FactorResetApplication;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Kennel, a GraphQL API service over PostgreSQL. */
@SpringBootApplication
public class KennelApplication {

	/**
	 * Starts the service, or, with {@code --kennel.migrate-only}, migrates its database
	 * and exits, or, with {@code --kennel.account.reset-factors=<username>}, removes the
	 * second factor and the passkeys of an account and exits.
	 * @param args Spring Boot's arguments, such as {@code --server.port=9090}
	 */
	public static void main(String[] args) {
		if (MigrationApplication.isRequested(args)) {
			MigrationApplication.migrate(args);
		}
		else if (FactorResetApplication.isRequested(args)) {
			try {
				FactorResetApplication.reset(args);
			}
			catch (IllegalArgumentException ex) {
				System.err.println(ex.getMessage());
				System.exit(1);
			}
		}
		else {
			SpringApplication.run(KennelApplication.class, args);
		}
	}

}
