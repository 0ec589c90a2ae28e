package dev.kennel.emaillogin;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;

/** Binds the settings of log-ins by mail. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(EmailLoginProperties.class)
class EmailLoginConfiguration {

}
