package dev.kennel.test;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.TestConstructor;

/**
 * A test of a running service. All such tests share one service and one database, and
 * each signs up accounts of its own. None may make an event loop wait. A constructor can
 * take an {@link Api}, a {@link SqlRecorder} and a {@link HashRecorder}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.main.web-application-type=reactive", "kennel.graphql.limits.budget=1000000000",
				"kennel.auth.email-login.enabled=true", "management.server.port=0" })
@ContextConfiguration(initializers = KennelTest.Database.class)
@Import({ SqlRecorder.class, HashRecorder.class, SchemaInspection.class, Api.class })
@ExtendWith(EventLoopGuard.class)
@TestConstructor(autowireMode = TestConstructor.AutowireMode.ALL)
public @interface KennelTest {

	/** Configures a database of the service's own. */
	class Database implements ApplicationContextInitializer<ConfigurableApplicationContext> {

		@Override
		public void initialize(ConfigurableApplicationContext context) {
			TestPropertyValues.of(TestDatabase.create()).applyTo(context);
		}

	}

}
