package dev.kennel.mail;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How mails are sent. The mail server is configured under {@code spring.mail}.
 *
 * @param from whom mails are from; {@code kennel@} and the host of
 * {@code kennel.web.base-url} if empty
 */
@ConfigurationProperties("kennel.mail")
record MailProperties(@DefaultValue("") String from) {
}
