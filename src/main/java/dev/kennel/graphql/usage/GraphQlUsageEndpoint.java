package dev.kennel.graphql.usage;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.stereotype.Component;

/**
 * {@code /actuator/graphqlusage}: the parts of the schema that have been used since the
 * start of this instance, with clients, counts and times of last use. The parameter
 * {@code deprecated=true} selects deprecated ones.
 */
@Component
@Endpoint(id = "graphqlusage")
class GraphQlUsageEndpoint {

	private final SchemaUsage usage;

	private final Instant since = Instant.now();

	GraphQlUsageEndpoint(SchemaUsage usage) {
		this.usage = usage;
	}

	/** Returns the report. */
	@ReadOperation
	Report report(@Nullable Boolean deprecated) {
		Map<String, Coordinate> coordinates = new LinkedHashMap<>();
		for (SchemaUsage.Use use : this.usage.uses()) {
			if (use.deprecated() || !Boolean.TRUE.equals(deprecated)) {
				coordinates
					.computeIfAbsent(use.coordinate(),
							(coordinate) -> new Coordinate(coordinate, use.deprecated(), new ArrayList<>()))
					.clients()
					.add(new Client(use.client().name(), use.client().version(), use.operations(),
							Instant.ofEpochMilli(use.last()).toString()));
			}
		}
		return new Report(this.since.toString(), List.copyOf(coordinates.values()));
	}

	/**
	 * The report.
	 *
	 * @param since when counting began
	 * @param coordinates the used parts of the schema
	 */
	record Report(String since, List<Coordinate> coordinates) {
	}

	/**
	 * A field, an argument, an input field or a value of an enum.
	 *
	 * @param coordinate its coordinate
	 * @param deprecated whether it is deprecated
	 * @param clients the clients that have used it
	 */
	record Coordinate(String coordinate, boolean deprecated, List<Client> clients) {
	}

	/**
	 * A client.
	 *
	 * @param name its name
	 * @param version its version
	 * @param operations the number of its operations with the coordinate
	 * @param last the time of the last of them
	 */
	record Client(String name, String version, long operations, String last) {
	}

}
