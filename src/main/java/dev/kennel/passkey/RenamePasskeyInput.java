package dev.kennel.passkey;

import dev.kennel.identity.NodeKind;
import dev.kennel.identity.ValidId;
import dev.kennel.text.ShortText;
import dev.kennel.text.TextNormalizer;

/**
 * The input of {@code renamePasskey}.
 *
 * @param id the passkey's id
 * @param name its new name
 */
record RenamePasskeyInput(@ValidId(NodeKind.PASSKEY) String id, @ShortText String name) {

	RenamePasskeyInput {
		name = TextNormalizer.clean(name);
	}

}
