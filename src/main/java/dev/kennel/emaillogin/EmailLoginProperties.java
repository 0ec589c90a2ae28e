package dev.kennel.emaillogin;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of log-ins by mail.
 *
 * @param enabled whether accounts can log in by a mail to their verified address
 */
@ConfigurationProperties("kennel.auth.email-login")
record EmailLoginProperties(@DefaultValue("false") boolean enabled) {

}
