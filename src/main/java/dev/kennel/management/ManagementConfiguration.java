package dev.kennel.management;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

import dev.kennel.database.embedded.EmbeddedPostgresServer;
import dev.kennel.database.monitor.DatabaseMonitor;
import dev.kennel.database.notification.NotificationChannel;
import dev.kennel.server.ManagementRouteTable;
import dev.kennel.server.RouteTable;
import dev.kennel.server.limit.KennelServerProperties;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.IncludeExcludeEndpointFilter;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.OperationFilter;
import org.springframework.boot.actuate.endpoint.invoke.ParameterValueMapper;
import org.springframework.boot.actuate.endpoint.jackson.EndpointJsonMapper;
import org.springframework.boot.actuate.endpoint.web.EndpointMediaTypes;
import org.springframework.boot.actuate.endpoint.web.ExposableWebEndpoint;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpointDiscoverer;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.task.ThreadPoolTaskSchedulerCustomizer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * Configures Actuator on the management port, the probes on the service's port, and the
 * scheduler of periodic tasks.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WebEndpointProperties.class)
@EnableScheduling
class ManagementConfiguration {

	private static final Duration DRAIN_DELAY = Duration.ofSeconds(5);

	@Bean
	WebEndpointDiscoverer webEndpointDiscoverer(ApplicationContext context, ParameterValueMapper values,
			WebEndpointProperties settings, EndpointAccessResolver access) {
		IncludeExcludeEndpointFilter<ExposableWebEndpoint> exposed = new IncludeExcludeEndpointFilter<>(
				ExposableWebEndpoint.class, settings.getExposure().getInclude(), settings.getExposure().getExclude());
		return new WebEndpointDiscoverer(context, values, EndpointMediaTypes.DEFAULT, List.of(), List.of(), List.of(),
				List.of(exposed), List.of(OperationFilter.byAccess(access)));
	}

	@Bean
	ManagementRouteTable actuatorRoutes(WebEndpointsSupplier endpoints, WebEndpointProperties settings,
			ManagementServerProperties server, ObjectProvider<EndpointJsonMapper> json) {
		EndpointJsonMapper mapper = json.getIfAvailable();
		InetAddress address = server.getAddress();
		return new ActuatorEndpoints(server.getBasePath() + settings.getBasePath(),
				address == null || address.isLoopbackAddress(), endpoints,
				(mapper != null) ? mapper.get() : new JsonMapper())
			.routes();
	}

	@Bean
	Readiness readiness(ApplicationAvailability availability, DatabaseMonitor database,
			NotificationChannel notifications) {
		return new Readiness(availability, database, notifications);
	}

	@Bean
	RouteTable probes(Readiness readiness) {
		return readiness.routes();
	}

	@Bean
	HealthIndicator databaseHealthIndicator(DatabaseMonitor database) {
		return () -> health(database.isUp());
	}

	@Bean
	HealthIndicator migrationsHealthIndicator(DatabaseMonitor database) {
		return () -> health(database.isMigrated());
	}

	@Bean
	HealthIndicator notificationsHealthIndicator(NotificationChannel notifications) {
		return () -> health(!notifications.isInterrupted());
	}

	private static Health health(boolean up) {
		return (up ? Health.up() : Health.down()).build();
	}

	@Bean
	DrainDelay drainDelay(KennelServerProperties settings, ObjectProvider<EmbeddedPostgresServer> embedded) {
		Duration delay = settings.drainDelay();
		if (delay == null) {
			delay = (embedded.getIfAvailable() != null) ? Duration.ZERO : DRAIN_DELAY;
		}
		return new DrainDelay(delay);
	}

	/**
	 * Scheduled tasks are executed until the scheduler is destroyed, after the port is
	 * closed.
	 */
	@Bean
	ThreadPoolTaskSchedulerCustomizer scheduledUntilTheServerHasStopped() {
		return (scheduler) -> scheduler.setAcceptTasksAfterContextClose(true);
	}

}
