package dev.kennel;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

class SettingsCheckTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withUserConfiguration(Settings.class);

	/** All classes of properties, without the beans that read them. */
	@Configuration(proxyBeanMethods = false)
	@ConfigurationPropertiesScan("dev.kennel")
	@Import(SettingsCheck.class)
	static class Settings {

	}

	private ApplicationContextRunner environment(String name, String value) {
		return this.runner.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", Map.of(name, value))));
	}

	@ParameterizedTest
	@CsvSource({ "kennel.auth.acess-token-lifetime, kennel.auth.access-token-lifetime",
			"kennel.auth.keys[0].secrets, kennel.auth.keys[0].secret", "kennel.aut.issuer, kennel.auth.issuer",
			"kennel.web.base-uri, kennel.web.base-url", "kennel.something-else-altogether.in-another-place, ",
			"kennel.auth.issuer.more, " })
	void misspelledSettingFailsTheStart(String setting, String suggestion) {
		this.runner.withPropertyValues(setting + "=1")
			.run((context) -> assertThat(context.getStartupFailure())
				.isInstanceOfSatisfying(UnknownSettingException.class, (failure) -> {
					assertThat(failure.nearest()).isEqualTo(suggestion);
					assertThat(new UnknownSettingFailureAnalyzer().analyze(failure, failure).getDescription())
						.contains(setting);
				}));
	}

	@ParameterizedTest
	@ValueSource(strings = { "kennel.auth.issuer=x", "kennel.auth.accessTokenLifetime=5m", "kennel.data-dir=x",
			"kennel.mail.directory=x", "kennel.web.graphiql.enabled=false", "kennel.auth.keys[0].id=x",
			"kennel.auth.throttle.attempts-by-address=3", "kennels.of=others" })
	void knownSettingIsAccepted(String setting) {
		this.runner.withPropertyValues(setting).run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource({ "KENNEL_AUTH_ISSUER, x", "KENNEL_AUTH_KEYS_0_ID, x", "KENNEL_AUTH_ACCESSTOKENLIFETIME, 5m",
			"KENNEL_DATADIR, x", "KENNEL_DATA_DIR, x", "KENNEL_SERVICE_HOST, 10.0.0.1",
			"KENNEL_PORT, tcp://10.0.0.1:8080", "KENNEL_PORT_8080_TCP_ADDR, 10.0.0.1", "KENNEL_SERVICE_PORT_HTTP, 8080",
			"KENNEL_DB_SERVICE_HOST, 10.0.0.1", "KENNEL_DB_SERVICE_PORT_PG, 5432",
			"KENNEL_DB_PORT, tcp://10.0.0.1:5432", "KENNEL_DB_PORT_5432_TCP_PROTO, tcp" })
	void environmentVariableIsAccepted(String name, String value) {
		environment(name, value).run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource({ "KENNEL_AUTH_ISUER, KENNEL_AUTH_ISSUER", "KENNEL_AUTHDRIVER, KENNEL_AUTH_DRIVER",
			"KENNEL_AUTH_KEYS0_SECRET, KENNEL_AUTH_KEYS_0_SECRET" })
	void misspelledEnvironmentVariableFailsTheStart(String variable, String suggestion) {
		environment(variable, "x").run((context) -> assertThat(context.getStartupFailure()).isInstanceOfSatisfying(
				UnknownSettingException.class, (failure) -> assertThat(failure.nearest()).isEqualTo(suggestion)));
	}

	private static @Nullable FailureAnalysis analyze(@Nullable Throwable failure) {
		return (failure != null) ? new InvalidSettingFailureAnalyzer().analyze(failure) : null;
	}

	/** Not by the method that checks the rule. */
	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"kennel.graphql.limits.budget=5 | kennel.graphql.limits.budget may not be less than kennel.graphql.limits.max-cost, but for 0",
			"kennel.database.timeout-slack=1s | kennel.database.timeout-slack has to be 0, or from 10s to 1h" })
	void ruleBetweenSettingsIsReportedByTheirNames(String setting, String reason) {
		this.runner.withPropertyValues(setting)
			.run((context) -> assertThat(analyze(context.getStartupFailure())).isNotNull()
				.extracting(FailureAnalysis::getDescription)
				.isEqualTo("The settings are not valid:\n\n" + reason));
	}

	@Test
	void settingOutOfItsRangeIsLeftToSpringBoot() {
		this.runner.withPropertyValues("kennel.graphql.limits.max-depth=0").run((context) -> {
			assertThat(context).hasFailed();
			assertThat(analyze(context.getStartupFailure())).isNull();
		});
	}

	@Test
	void gapInAListFailsTheStartWithoutShowingTheValue() {
		environment("KENNEL_AUTH_KEYS_1_SECRET", "a secret")
			.run((context) -> assertThat(context.getStartupFailure()).isInstanceOf(UnknownSettingException.class)
				.hasStackTraceContaining("kennel.auth.keys[1].secret")
				.satisfies((failure) -> {
					for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
						assertThat(cause).hasMessageNotContaining("a secret");
					}
				}));
	}

	@ParameterizedTest
	@ValueSource(strings = { "kennel.auth.driver=token", "kennel.auth.access-token-lifetime=1s",
			"kennel.auth.refresh-token-idle-lifetime=1m", "kennel.auth.session-lifetime=1d",
			"kennel.auth.keys[0].algorithm=none", "kennel.web.base-url=ftp://example.com",
			"kennel.auth.throttle.queue=63", "kennel.auth.argon2.iterations=0", "kennel.auth.argon2.memory=19",
			"kennel.mail.from=Kennel <not an address" })
	void invalidValueFailsTheStart(String setting) {
		this.runner.withPropertyValues(setting).run((context) -> assertThat(context).hasFailed());
	}

}
