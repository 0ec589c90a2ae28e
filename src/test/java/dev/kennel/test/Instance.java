package dev.kennel.test;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.kennel.KennelApplication;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/** Another instance of the service than the one that tests share. */
public final class Instance implements AutoCloseable {

	private static final List<String> SHARED = List.of("spring.datasource.url", "spring.datasource.username",
			"spring.datasource.password", "kennel.auth.keys[0].id", "kennel.auth.keys[0].secret",
			"kennel.auth.argon2.memory", "kennel.auth.argon2.iterations", "kennel.auth.throttle.attempts-by-address",
			"kennel.auth.throttle.sign-ups-by-network", "kennel.auth.throttle.mails-by-network",
			"kennel.auth.throttle.mails-by-account", "kennel.auth.throttle.concurrency", "kennel.server.drain-delay",
			"server.forward-headers-strategy", "kennel.server.trusted-proxies", "spring.mail.host", "spring.mail.port");

	private final ConfigurableApplicationContext context;

	private Instance(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Starts an instance on the database of another one.
	 * @param other the other instance's settings
	 * @param settings the settings that differ; null removes one
	 * @return the running instance
	 */
	public static Instance beside(Environment other, Map<String, @Nullable String> settings) {
		return beside(other, settings, (api) -> {
		});
	}

	/**
	 * Starts an instance on the database of another one.
	 * @param other the other instance's settings
	 * @param settings the settings that differ; null removes one
	 * @param atFirst called once the instance serves requests, before it starts its
	 * scheduled tasks
	 * @return the running instance
	 */
	public static Instance beside(Environment other, Map<String, @Nullable String> settings, Consumer<Api> atFirst) {
		Map<String, @Nullable String> all = new HashMap<>();
		SHARED.forEach((name) -> all.put(name, other.getProperty(name)));
		all.putAll(settings);
		return start(all, atFirst);
	}

	/**
	 * Starts an instance.
	 * @param settings its settings; null removes one
	 * @return the running instance
	 */
	public static Instance start(Map<String, @Nullable String> settings) {
		return start(settings, (api) -> {
		});
	}

	private static Instance start(Map<String, @Nullable String> settings, Consumer<Api> atFirst) {
		Map<String, @Nullable String> all = new HashMap<>(settings);
		all.put("server.port", "0");
		all.put("spring.jmx.enabled", "false");
		String[] arguments = all.entrySet()
			.stream()
			.filter((setting) -> setting.getValue() != null)
			.map((setting) -> "--" + setting.getKey() + "=" + setting.getValue())
			.toArray(String[]::new);
		SpringApplication application = new SpringApplication(KennelApplication.class);
		application.setRegisterShutdownHook(false);
		application.addListeners((ApplicationListener<WebServerInitializedEvent>) (event) -> atFirst
			.accept(Api.at(event.getWebServer().getPort())));
		return new Instance(application.run(arguments));
	}

	/**
	 * Returns a client of the instance.
	 * @return the client, signed out
	 */
	public Api api() {
		return Api.at(this.context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
	}

	/**
	 * Returns a bean of the instance.
	 * @param <T> the bean's type
	 * @param type the bean's type
	 * @return the bean
	 */
	public <T> T get(Class<T> type) {
		return this.context.getBean(type);
	}

	@Override
	public void close() {
		this.context.close();
	}

}
