package dev.kennel.owner;

import dev.kennel.database.AccountId;

import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Changes owners. */
@Service
class OwnerService {

	private final OwnerRepository owners;

	OwnerService(OwnerRepository owners) {
		this.owners = owners;
	}

	@Transactional
	Owner create(AccountId account, CreateOwnerInput input) {
		return this.owners.save(new OwnerEntity(account, input.name())).toOwner();
	}

}
