-- The passkeys of accounts. An account is found by its user handle, which is random and made with its first registration, and a
-- passkey among those of its account: credential ids need not be unique beyond it.

ALTER TABLE users ADD COLUMN passkey_handle bytea;

-- sign_count is that of the last proof: an authenticator that counts never goes back. transports are separated by spaces.

CREATE TABLE passkeys (
    user_id         uuid        NOT NULL CONSTRAINT passkeys_user_exists REFERENCES users (id) ON DELETE CASCADE,
    id              uuid        NOT NULL,
    credential_id   bytea       NOT NULL,
    name            text        NOT NULL,
    public_key      bytea       NOT NULL,
    aaguid          uuid        NOT NULL,
    sign_count      bigint      NOT NULL,
    backup_eligible boolean     NOT NULL,
    backed_up       boolean     NOT NULL,
    transports      text        NOT NULL,
    created_at      timestamptz NOT NULL,
    last_used_at    timestamptz,
    PRIMARY KEY (user_id, id),
    CONSTRAINT passkeys_credential_unique UNIQUE (user_id, credential_id)
);

-- Challenges are signed and not stored. These were answered by a passkey of the account, as hashes: none is answered twice.

CREATE TABLE used_passkey_challenges (
    user_id        uuid        NOT NULL CONSTRAINT used_passkey_challenges_user_exists REFERENCES users (id) ON DELETE CASCADE,
    challenge_hash bytea       NOT NULL,
    expires_at     timestamptz NOT NULL,
    PRIMARY KEY (user_id, challenge_hash)
);

CREATE INDEX used_passkey_challenges_by_end ON used_passkey_challenges (expires_at);
