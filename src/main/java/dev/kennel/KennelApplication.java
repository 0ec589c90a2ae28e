package dev.kennel;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Kennel, a GraphQL API service over PostgreSQL. */
@SpringBootApplication
public class KennelApplication {

	/**
	 * Starts the service.
	 * @param args Spring Boot's arguments, as {@code --server.port=9090}
	 */
	public static void main(String[] args) {
		SpringApplication.run(KennelApplication.class, args);
	}

}
