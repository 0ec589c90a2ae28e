package dev.kennel.passkey;

import dev.kennel.graphql.node.AccountNodeLoader;
import dev.kennel.identity.NodeKind;

import org.springframework.stereotype.Component;

/** Loads passkeys. */
@Component
class PasskeyLoader extends AccountNodeLoader<Passkey> {

	PasskeyLoader(PasskeyService service) {
		super(NodeKind.PASSKEY, "passkeys", service::findAll, Passkey::id);
	}

}
