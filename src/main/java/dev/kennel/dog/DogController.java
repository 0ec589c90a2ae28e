package dev.kennel.dog;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.kennel.account.User;
import dev.kennel.account.UserLoader;
import dev.kennel.graphql.idempotency.TransactionalMutation;
import dev.kennel.graphql.node.NodeReference;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.graphql.operation.ReadRetry;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeKind;
import dev.kennel.identity.ValidId;
import dev.kennel.owner.DogFilter;
import dev.kennel.owner.Owner;
import dev.kennel.paging.Connection;
import dev.kennel.paging.ConnectionLoader;
import dev.kennel.paging.ListDefinition;
import dev.kennel.paging.PageArguments;
import graphql.schema.DataFetchingEnvironment;
import jakarta.validation.Valid;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.MutationMapping;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.graphql.data.method.annotation.SchemaMapping;
import org.springframework.stereotype.Controller;

/** Resolves the fields of dogs. */
@Controller
class DogController {

	private final DogService dogs;

	private final ListDefinition<Dog> definition;

	private final ListDefinition<Owner> ownerDefinition;

	private final ConnectionLoader connections;

	private final UserLoader users;

	DogController(DogService dogs, ListDefinition<Dog> definition, ListDefinition<Owner> ownerDefinition,
			ConnectionLoader connections, UserLoader users) {
		this.dogs = dogs;
		this.definition = definition;
		this.ownerDefinition = ownerDefinition;
		this.connections = connections;
		this.users = users;
	}

	@QueryMapping
	CompletableFuture<Connection<Dog>> myDogs(AccountId account, PageArguments page,
			@Argument @Nullable DogFilter filter, @Argument @Nullable DogOrder orderBy,
			DataFetchingEnvironment environment) {
		return this.connections.load(environment, account, this.definition, null, page, DogOrder.toOrder(orderBy),
				filter);
	}

	@SchemaMapping
	CompletableFuture<Connection<Dog>> dogs(User user, AccountId account, PageArguments page,
			@Argument @Nullable DogFilter filter, @Argument @Nullable DogOrder orderBy,
			DataFetchingEnvironment environment) {
		return myDogs(account, page, filter, orderBy, environment);
	}

	@SchemaMapping
	CompletableFuture<Connection<Dog>> dogs(Owner owner, AccountId account, PageArguments page,
			@Argument @Nullable DogFilter filter, @Argument @Nullable DogOrder orderBy,
			DataFetchingEnvironment environment) {
		return this.connections.load(environment, account, this.definition, owner.id().uuid(), page,
				DogOrder.toOrder(orderBy), filter);
	}

	@QueryMapping
	CompletableFuture<List<BreedCount>> dogsByBreed(AccountId account, PageArguments page,
			@Argument @Nullable DogFilter filter, DataFetchingEnvironment environment) {
		return this.connections
			.countGroups(environment, account, this.definition, DogConfiguration.BY_BREED, page, filter)
			.thenApply((groups) -> groups.stream().map(BreedCount::of).toList());
	}

	@QueryMapping
	CompletableFuture<@Nullable Dog> dog(AccountId account, @Argument @ValidId(NodeKind.DOG) String id,
			DataFetchingEnvironment environment) {
		return this.connections.find(environment, account, this.definition, NodeKind.DOG.uuid(id));
	}

	@SchemaMapping
	CompletableFuture<?> owner(Dog dog, AccountId account, DataFetchingEnvironment environment) {
		if (NodeReference.suffices(environment)) {
			return CompletableFuture.completedFuture(new NodeReference(dog.ownerId()));
		}
		return this.connections.find(environment, account, this.ownerDefinition, dog.ownerId().uuid())
			.thenApply((owner) -> {
				if (owner == null) {
					throw ReadRetry.request(environment, NodeKind.OWNER);
				}
				return owner;
			});
	}

	@SchemaMapping
	CompletableFuture<?> user(Dog dog, AccountId account, DataFetchingEnvironment environment) {
		return this.users.loadReferenced(environment, account);
	}

	@TransactionalMutation
	@MutationMapping
	CreateDogPayload createDog(AccountId account, @Argument @Valid CreateDogInput input,
			DataFetchingEnvironment environment) {
		return this.dogs.create(account, input, readsOwner(environment, "dog", "owner"));
	}

	@SchemaMapping
	Dog dog(CreateDogPayload payload, AccountId account, DataFetchingEnvironment environment) {
		cacheOwner(environment, account, payload.owner());
		return payload.dog();
	}

	@TransactionalMutation
	@MutationMapping
	UpdateDogPayload updateDog(AccountId account, @Argument @Valid UpdateDogInput input,
			DataFetchingEnvironment environment) {
		return this.dogs.update(account, input, readsOwner(environment, "dog", "owner"));
	}

	@SchemaMapping
	Dog dog(UpdateDogPayload payload, AccountId account, DataFetchingEnvironment environment) {
		cacheOwner(environment, account, payload.owner());
		return payload.dog();
	}

	@TransactionalMutation
	@MutationMapping
	DeleteDogPayload deleteDog(AccountId account, @Argument @Valid DeleteDogInput input,
			DataFetchingEnvironment environment) {
		// A retry may select more of an owner that has been deleted by then.
		boolean withOwner = readsOwner(environment, "owner") || OperationContext.of(environment).hasIdempotencyKey();
		return this.dogs.delete(account, NodeKind.DOG.id(NodeKind.DOG.uuid(input.id())), withOwner);
	}

	@SchemaMapping
	Object owner(DeleteDogPayload payload, AccountId account, DataFetchingEnvironment environment) {
		Owner owner = payload.owner();
		cacheOwner(environment, account, owner);
		return (owner != null) ? owner : new NodeReference(payload.ownerId());
	}

	private static boolean readsOwner(DataFetchingEnvironment environment, String... path) {
		return !NodeReference.suffices(environment, path);
	}

	private void cacheOwner(DataFetchingEnvironment environment, AccountId account, @Nullable Owner owner) {
		if (owner != null) {
			this.connections.cacheNode(environment, account, NodeKind.OWNER, owner);
		}
	}

}
