-- The accounts whose log-ins need a second factor. trust_id is in the tokens of the devices that are trusted: another id ends
-- the trust in all of them. wrong_proofs have come since the last right one.

CREATE TABLE second_factors (
    user_id      uuid        PRIMARY KEY CONSTRAINT second_factors_user_exists REFERENCES users (id) ON DELETE CASCADE,
    policy       text        NOT NULL,
    trust_id     uuid        NOT NULL,
    confirmed_at timestamptz NOT NULL,
    wrong_proofs integer     NOT NULL DEFAULT 0
);

-- The secrets of one-time codes, encrypted with a key that is derived from the key of kennel.auth.keys with this id: the one
-- that is confirmed, and the one that is yet to be. A code counts once: codes up to last_step are used.

CREATE TABLE totp_secrets (
    user_id       uuid        NOT NULL CONSTRAINT totp_secrets_user_exists REFERENCES users (id) ON DELETE CASCADE,
    confirmed     boolean     NOT NULL,
    key_id        text        NOT NULL,
    sealed_secret bytea       NOT NULL,
    last_step     bigint      NOT NULL,
    expires_at    timestamptz,
    PRIMARY KEY (user_id, confirmed)
);

CREATE INDEX totp_secrets_by_end ON totp_secrets (expires_at) WHERE expires_at IS NOT NULL;

-- The recovery codes that have not been used, as hashes.

CREATE TABLE recovery_codes (
    user_id   uuid  NOT NULL CONSTRAINT recovery_codes_user_exists REFERENCES users (id) ON DELETE CASCADE,
    code_hash bytea NOT NULL,
    PRIMARY KEY (user_id, code_hash)
);

-- Log-ins that have given the password and are to give a second factor: hashes of their tokens, a digest of the password's
-- hash, which ends them when the password changes, and how many guesses have failed.

CREATE TABLE login_challenges (
    user_id              uuid        NOT NULL CONSTRAINT login_challenges_user_exists REFERENCES users (id) ON DELETE CASCADE,
    token_hash           bytea       NOT NULL,
    password_fingerprint text        NOT NULL,
    failures             integer     NOT NULL,
    expires_at           timestamptz NOT NULL,
    PRIMARY KEY (user_id, token_hash)
);

CREATE INDEX login_challenges_by_end ON login_challenges (expires_at);
