package dev.kennel.graphql.usage;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import dev.kennel.graphql.document.PreparedOperation;
import dev.kennel.graphql.document.SchemaCoordinates;
import dev.kennel.graphql.document.VariableCoordinates;
import dev.kennel.graphql.operation.BoundedNames;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.graphql.operation.OperationInterceptor;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLFieldsContainer;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLSchema;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.graphql.execution.GraphQlSource;
import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.stereotype.Component;

/**
 * Counts operations by schema coordinate and client. The coordinates in a document are
 * collected once, so that an execution costs one addition for each; those in variables
 * are collected at each execution. The number of counters is bounded: they are those of
 * the schema, and clients beyond the maximum number of {@link BoundedNames} are counted
 * together.
 */
@Component
class SchemaUsage implements OperationInterceptor, MeterBinder {

	/** The memory per coordinate and client that an operation references. */
	private static final int BYTES_PER_USE = 8;

	private final ObjectProvider<GraphQlSource> source;

	private final Map<Key, FieldUse> uses = new ConcurrentHashMap<>();

	private final BoundedNames<ClientName> clients = new BoundedNames<>();

	SchemaUsage(ObjectProvider<GraphQlSource> source) {
		this.source = source;
	}

	private record Key(String coordinate, ClientName client) {
	}

	/**
	 * A row of the report.
	 *
	 * @param coordinate the field, argument, input field or value of an enum
	 * @param deprecated whether the schema deprecates it
	 * @param client the client
	 * @param operations the number of operations with the coordinate
	 * @param last the time of the last of them, in milliseconds since the epoch
	 */
	record Use(String coordinate, boolean deprecated, ClientName client, long operations, long last) {
	}

	@Override
	public WebGraphQlResponse after(WebGraphQlRequest request, WebGraphQlResponse response) {
		OperationContext context = OperationContext.of(response.getExecutionInput());
		PreparedOperation operation = context.operation();
		if (operation != null) {
			long now = System.currentTimeMillis();
			ClientName client = counted(ClientName.of(request.getHeaders()), context);
			OperationUses uses = operation.attachment(OperationUses.class, OperationUses::new);
			Set<FieldUse> inDocument = uses.of(client);
			inDocument.forEach((use) -> use.use(now));
			for (String coordinate : uses.coordinates(request.getVariables())) {
				FieldUse use = use(coordinate, client);
				if (!inDocument.contains(use)) {
					use.use(now);
				}
			}
		}
		return response;
	}

	/** Returns the client that an operation is counted for. */
	private ClientName counted(ClientName client, OperationContext context) {
		return (client.equals(ClientName.UNNAMED) || this.clients.add(client, context)) ? client : ClientName.OTHER;
	}

	/** The counters of an operation, by client. */
	private final class OperationUses {

		private final PreparedOperation operation;

		private final GraphQLSchema schema = SchemaUsage.this.source.getObject().schema();

		private final Map<ClientName, Set<FieldUse>> byClient = new ConcurrentHashMap<>(1);

		OperationUses(PreparedOperation operation) {
			this.operation = operation;
		}

		/** Returns the counters of what the document names. */
		Set<FieldUse> of(ClientName client) {
			Set<FieldUse> counters = this.byClient.get(client);
			if (counters == null) {
				counters = this.byClient.computeIfAbsent(client, this::find);
				this.operation.addBytes((long) counters.size() * BYTES_PER_USE);
			}
			return counters;
		}

		private Set<FieldUse> find(ClientName client) {
			return SchemaCoordinates
				.of(this.schema, this.operation.document().getDocument(), this.operation.definition())
				.stream()
				.map((coordinate) -> use(coordinate, client))
				.collect(Collectors.toUnmodifiableSet());
		}

		/** Returns the coordinates of what the variables name. */
		Set<String> coordinates(Map<String, ? extends @Nullable Object> variables) {
			return VariableCoordinates.of(this.schema, this.operation.definition(), variables);
		}

	}

	private FieldUse use(String coordinate, ClientName client) {
		Key key = new Key(coordinate, client);
		FieldUse known = this.uses.get(key);
		return (known != null) ? known : this.uses.computeIfAbsent(key, (absent) -> new FieldUse());
	}

	/** Returns all uses since the start, by coordinate and client. */
	List<Use> uses() {
		Set<String> deprecated = Set.copyOf(deprecated());
		List<Use> all = new ArrayList<>();
		this.uses.forEach((key, use) -> {
			if (use.operations() > 0) {
				all.add(new Use(key.coordinate(), deprecated.contains(key.coordinate()), key.client(), use.operations(),
						use.last()));
			}
		});
		all.sort(Comparator.comparing(Use::coordinate)
			.thenComparing((use) -> use.client().name())
			.thenComparing((use) -> use.client().version()));
		return all;
	}

	/** Returns the coordinates that the schema deprecates. */
	List<String> deprecated() {
		List<String> coordinates = new ArrayList<>();
		this.source.getObject().schema().getAllTypesAsList().forEach((type) -> {
			if (type.getName().startsWith("__")) {
				return;
			}
			if (type instanceof GraphQLFieldsContainer container) {
				container.getFieldDefinitions().forEach((field) -> addDeprecated(container, field, coordinates));
			}
			else if (type instanceof GraphQLEnumType enumeration) {
				enumeration.getValues()
					.stream()
					.filter((value) -> value.isDeprecated())
					.forEach((value) -> coordinates.add(enumeration.getName() + "." + value.getName()));
			}
			else if (type instanceof GraphQLInputObjectType input) {
				input.getFieldDefinitions()
					.stream()
					.filter((field) -> field.isDeprecated())
					.forEach((field) -> coordinates.add(input.getName() + "." + field.getName()));
			}
		});
		return coordinates;
	}

	private static void addDeprecated(GraphQLFieldsContainer container, GraphQLFieldDefinition field,
			List<String> coordinates) {
		String coordinate = container.getName() + "." + field.getName();
		if (field.isDeprecated()) {
			coordinates.add(coordinate);
		}
		field.getArguments()
			.stream()
			.filter((argument) -> argument.isDeprecated())
			.forEach((argument) -> coordinates.add(coordinate + "(" + argument.getName() + ":)"));
	}

	private long operations(String coordinate) {
		long sum = 0;
		for (Map.Entry<Key, FieldUse> use : this.uses.entrySet()) {
			if (use.getKey().coordinate().equals(coordinate)) {
				sum += use.getValue().operations();
			}
		}
		return sum;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("kennel.graphql.clients", this.clients, BoundedNames::size)
			.description("Clients that have sent a name and a version, 100 at most")
			.register(registry);
		for (String coordinate : deprecated()) {
			FunctionCounter.builder("kennel.graphql.deprecated.uses", this, (all) -> all.operations(coordinate))
				.description("Operations that use a deprecated element")
				.tag("coordinate", coordinate)
				.register(registry);
		}
	}

}
