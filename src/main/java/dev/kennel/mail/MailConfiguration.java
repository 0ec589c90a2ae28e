package dev.kennel.mail;

import java.time.Clock;

import dev.kennel.database.DataDirectoryProperties;
import dev.kennel.graphql.http.WebProperties;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.util.StringUtils;

/** Sends mails to the mail server, if there is one, and else to files. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(MailProperties.class)
class MailConfiguration {

	/** By the setting, and not by whether there is a sender: one may have no server. */
	@Bean
	Postman postman(ObjectProvider<JavaMailSender> server, MailProperties properties, WebProperties web,
			DataDirectoryProperties data, Clock clock, Environment settings) {
		String from = StringUtils.hasText(properties.from()) ? properties.from() : "kennel@" + web.baseUrl().getHost();
		String host = settings.getProperty("spring.mail.host");
		// To Spring's conditions, the word says that there is none.
		boolean isServer = (StringUtils.hasText(host) && !"false".equalsIgnoreCase(host))
				|| StringUtils.hasText(settings.getProperty("spring.mail.jndi-name"));
		return isServer ? new SmtpPostman(server.getObject(), from)
				: new FilePostman(data.dataDir().resolve("mail"), from, clock);
	}

}
