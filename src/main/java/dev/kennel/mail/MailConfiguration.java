package dev.kennel.mail;

import java.time.Clock;

import dev.kennel.database.embedded.EmbeddedPostgresServer;
import dev.kennel.web.WebProperties;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.util.StringUtils;

/**
 * Selects the transport of mails: the mail server, if one is configured. Mails contain
 * one-time tokens, so they are written to files only if a directory is set, or beside the
 * embedded database, which belongs to the same user.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(MailProperties.class)
class MailConfiguration {

	/**
	 * Decides by the settings, not by the presence of a sender, which may have no server.
	 */
	@Bean
	MailTransport mailTransport(ObjectProvider<JavaMailSender> server, MailProperties properties, WebProperties web,
			ObjectProvider<EmbeddedPostgresServer> embedded, Clock clock, Environment settings) {
		String from = StringUtils.hasText(properties.from()) ? properties.from() : "kennel@" + web.baseUrl().getHost();
		if (isServerConfigured(settings)) {
			return new SmtpMailTransport(server.getObject(), from);
		}
		if (properties.directory() != null) {
			return new FileMailTransport(properties.directory(), from, clock);
		}
		EmbeddedPostgresServer database = embedded.getIfAvailable();
		return (database != null) ? new FileMailTransport(database.directory().resolve("mail"), from, clock)
				: new UnconfiguredMailTransport();
	}

	private static boolean isServerConfigured(Environment settings) {
		String host = settings.getProperty("spring.mail.host");
		// Spring's conditions treat the value false as absent.
		return (StringUtils.hasText(host) && !"false".equalsIgnoreCase(host))
				|| StringUtils.hasText(settings.getProperty("spring.mail.jndi-name"));
	}

}
