package dev.kennel.mail;

import java.time.Clock;

import dev.kennel.database.EmbeddedPostgresServer;
import dev.kennel.graphql.http.WebProperties;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.util.StringUtils;

/**
 * Sends mails to the mail server, if there is one. Mails hold one-time tokens, so they
 * are written to files only where a directory is set, or beside the embedded database,
 * which is the same user's.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(MailProperties.class)
class MailConfiguration {

	/** By the setting, and not by whether there is a sender: one may have no server. */
	@Bean
	MailTransport postman(ObjectProvider<JavaMailSender> server, MailProperties properties, WebProperties web,
			ObjectProvider<EmbeddedPostgresServer> embedded, Clock clock, Environment settings) {
		String from = StringUtils.hasText(properties.from()) ? properties.from() : "kennel@" + web.baseUrl().getHost();
		if (isServer(settings)) {
			return new SmtpMailTransport(server.getObject(), from);
		}
		if (properties.directory() != null) {
			return new FileMailTransport(properties.directory(), from, clock);
		}
		EmbeddedPostgresServer database = embedded.getIfAvailable();
		return (database != null) ? new FileMailTransport(database.directory().resolve("mail"), from, clock)
				: new UnconfiguredMailTransport();
	}

	private static boolean isServer(Environment settings) {
		String host = settings.getProperty("spring.mail.host");
		// To Spring's conditions, the word says that there is none.
		return (StringUtils.hasText(host) && !"false".equalsIgnoreCase(host))
				|| StringUtils.hasText(settings.getProperty("spring.mail.jndi-name"));
	}

}
