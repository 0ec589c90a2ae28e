package dev.kennel;

import dev.kennel.database.embedded.EmbeddedPostgresServer;
import dev.kennel.server.ManagementServer;
import dev.kennel.web.GraphiQlProperties;
import dev.kennel.web.WebAppProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Logs the URLs and the data directory once the application is ready. */
@Component
class StartupReport {

	private static final Logger logger = LoggerFactory.getLogger(StartupReport.class);

	private final ObjectProvider<EmbeddedPostgresServer> embedded;

	private final GraphiQlProperties graphiQl;

	private final WebAppProperties webApp;

	private final ServerProperties serverSettings;

	private final ManagementServer management;

	StartupReport(ObjectProvider<EmbeddedPostgresServer> embedded, GraphiQlProperties graphiQl, WebAppProperties webApp,
			ServerProperties serverSettings, ManagementServer management) {
		this.embedded = embedded;
		this.graphiQl = graphiQl;
		this.webApp = webApp;
		this.serverSettings = serverSettings;
		this.management = management;
	}

	@EventListener
	void report(ApplicationReadyEvent event) {
		if (this.management.isRunning()) {
			logger.info("Actuator: http://localhost:{}/actuator", this.management.port());
		}
		if (event.getApplicationContext() instanceof WebServerApplicationContext context
				&& context.getWebServer() != null) {
			String scheme = Ssl.isEnabled(this.serverSettings.getSsl()) ? "https" : "http";
			String root = scheme + "://localhost:" + context.getWebServer().getPort();
			if (this.graphiQl.enabled()) {
				logger.info("GraphiQL: {}/", root);
			}
			else {
				logger.info("GraphQL:  {}/graphql", root);
			}
			if (this.webApp.isConfigured()) {
				logger.info("Web app:  {}{}", root, WebAppProperties.PATH);
			}
		}
		EmbeddedPostgresServer server = this.embedded.getIfAvailable();
		if (server != null) {
			logger.info("Data:     {} (an embedded PostgreSQL 18)", server.directory());
			logger.info("To use a PostgreSQL of your own, set SPRING_DATASOURCE_URL=jdbc:postgresql://host/database, "
					+ "SPRING_DATASOURCE_USERNAME and SPRING_DATASOURCE_PASSWORD.");
		}
	}

}
