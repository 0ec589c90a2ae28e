package dev.kennel.passkey;

import dev.kennel.identity.NodeKind;
import dev.kennel.identity.ValidId;

/**
 * The input of {@code removePasskey}.
 *
 * @param id the passkey's id
 */
record RemovePasskeyInput(@ValidId(NodeKind.PASSKEY) String id) {
}
