package dev.kennel.dog;

import java.util.concurrent.CompletableFuture;

import dev.kennel.account.User;
import dev.kennel.account.UserLoader;
import dev.kennel.database.AccountId;
import dev.kennel.graphql.mutation.Atomic;
import dev.kennel.graphql.node.IdOf;
import dev.kennel.graphql.node.NodeKind;
import dev.kennel.owner.Owner;
import dev.kennel.paging.Connection;
import dev.kennel.paging.Connections;
import dev.kennel.paging.Listing;
import dev.kennel.paging.PageArguments;
import graphql.schema.DataFetchingEnvironment;
import jakarta.validation.Valid;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.MutationMapping;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.graphql.data.method.annotation.SchemaMapping;
import org.springframework.stereotype.Controller;

/** The fields about dogs. */
@Controller
class DogController {

	private final DogService dogs;

	private final Listing<Dog> listing;

	private final Listing<Owner> ownerListing;

	private final Connections connections;

	private final UserLoader users;

	DogController(DogService dogs, Listing<Dog> listing, Listing<Owner> ownerListing, Connections connections,
			UserLoader users) {
		this.dogs = dogs;
		this.listing = listing;
		this.ownerListing = ownerListing;
		this.connections = connections;
		this.users = users;
	}

	@QueryMapping
	CompletableFuture<Connection<Dog>> myDogs(AccountId account, PageArguments page,
			@Argument @Nullable DogFilter filter, @Argument @Nullable DogOrder orderBy,
			DataFetchingEnvironment environment) {
		return this.connections.load(environment, account, this.listing, null, page, DogOrder.toOrder(orderBy), filter);
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
		return this.connections.load(environment, account, this.listing, owner.id().uuid(), page,
				DogOrder.toOrder(orderBy), filter);
	}

	@QueryMapping
	CompletableFuture<@Nullable Dog> dog(AccountId account, @Argument @IdOf(NodeKind.DOG) String id,
			DataFetchingEnvironment environment) {
		return this.connections.find(environment, account, this.listing, NodeKind.DOG.uuid(id));
	}

	@SchemaMapping
	CompletableFuture<@Nullable Owner> owner(Dog dog, AccountId account, DataFetchingEnvironment environment) {
		return this.connections.find(environment, account, this.ownerListing, dog.ownerId().uuid());
	}

	@SchemaMapping
	CompletableFuture<User> user(Dog dog, AccountId account, DataFetchingEnvironment environment) {
		return this.users.load(environment, account);
	}

	@Atomic
	@MutationMapping
	CreateDogPayload createDog(AccountId account, @Argument @Valid CreateDogInput input) {
		return new CreateDogPayload(this.dogs.create(account, input));
	}

	@Atomic
	@MutationMapping
	UpdateDogPayload updateDog(AccountId account, @Argument @Valid UpdateDogInput input) {
		return new UpdateDogPayload(this.dogs.update(account, input));
	}

	@Atomic
	@MutationMapping
	DeleteDogPayload deleteDog(AccountId account, @Argument @Valid DeleteDogInput input) {
		return this.dogs.delete(account, NodeKind.DOG.id(NodeKind.DOG.uuid(input.id())));
	}

}
