package dev.kennel.database.sql;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Configures transactions. Spring Boot's own configuration also examines each bean for
 * {@code @Transactional}, to put a proxy around it; only repositories of Spring Data have
 * it, which bring their proxies.
 */
@Configuration(proxyBeanMethods = false)
class TransactionConfiguration {

	@Bean
	TransactionTemplate transactionTemplate(PlatformTransactionManager transactions) {
		return new TransactionTemplate(transactions);
	}

}
