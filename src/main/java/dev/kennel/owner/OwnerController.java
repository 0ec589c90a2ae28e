package dev.kennel.owner;

import java.util.concurrent.CompletableFuture;

import dev.kennel.account.User;
import dev.kennel.account.UserLoader;
import dev.kennel.graphql.idempotency.TransactionalMutation;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import dev.kennel.identity.ValidId;
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

/** Resolves the fields of owners. */
@Controller
class OwnerController {

	private final OwnerService owners;

	private final ListDefinition<Owner> definition;

	private final ConnectionLoader connections;

	private final UserLoader users;

	OwnerController(OwnerService owners, ListDefinition<Owner> definition, ConnectionLoader connections,
			UserLoader users) {
		this.owners = owners;
		this.definition = definition;
		this.connections = connections;
		this.users = users;
	}

	@QueryMapping
	CompletableFuture<Connection<Owner>> myOwners(AccountId account, PageArguments page,
			@Argument @Nullable OwnerFilter filter, @Argument @Nullable OwnerOrder orderBy,
			DataFetchingEnvironment environment) {
		return this.connections.load(environment, account, this.definition, null, page, OwnerOrder.toOrder(orderBy),
				filter);
	}

	@SchemaMapping
	CompletableFuture<Connection<Owner>> owners(User user, AccountId account, PageArguments page,
			@Argument @Nullable OwnerFilter filter, @Argument @Nullable OwnerOrder orderBy,
			DataFetchingEnvironment environment) {
		return myOwners(account, page, filter, orderBy, environment);
	}

	@QueryMapping
	CompletableFuture<@Nullable Owner> owner(AccountId account, @Argument @ValidId(NodeKind.OWNER) String id,
			DataFetchingEnvironment environment) {
		return this.connections.find(environment, account, this.definition, NodeKind.OWNER.uuid(id));
	}

	@SchemaMapping
	CompletableFuture<?> user(Owner owner, AccountId account, DataFetchingEnvironment environment) {
		return this.users.loadReferenced(environment, account);
	}

	@TransactionalMutation
	@MutationMapping
	CreateOwnerPayload createOwner(AccountId account, @Argument @Valid CreateOwnerInput input) {
		return new CreateOwnerPayload(this.owners.create(account, input));
	}

	@SchemaMapping
	Owner owner(CreateOwnerPayload payload, AccountId account, DataFetchingEnvironment environment) {
		return cached(environment, account, payload.owner());
	}

	@TransactionalMutation
	@MutationMapping
	UpdateOwnerPayload updateOwner(AccountId account, @Argument @Valid UpdateOwnerInput input) {
		return new UpdateOwnerPayload(this.owners.update(account, input));
	}

	@SchemaMapping
	Owner owner(UpdateOwnerPayload payload, AccountId account, DataFetchingEnvironment environment) {
		return cached(environment, account, payload.owner());
	}

	/**
	 * Caches the owner for fields that lead back to it, even if it has been deleted in
	 * the meantime.
	 */
	private Owner cached(DataFetchingEnvironment environment, AccountId account, Owner owner) {
		this.connections.cacheNode(environment, account, NodeKind.OWNER, owner);
		return owner;
	}

	@TransactionalMutation
	@MutationMapping
	DeleteOwnerPayload deleteOwner(AccountId account, @Argument @Valid DeleteOwnerInput input) {
		NodeId owner = NodeKind.OWNER.id(NodeKind.OWNER.uuid(input.id()));
		DogOperations.Overview dogs = this.owners.delete(account, owner, input.withDogs());
		return new DeleteOwnerPayload(owner, dogs.firstIds(), dogs.count());
	}

}
