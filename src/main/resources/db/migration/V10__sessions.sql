-- A session that has no refresh token can't be taken over: whoever had one logs in again.

DROP TABLE sessions;

-- The sessions that can be used. One that ends is deleted.

CREATE TABLE sessions (
    user_id          uuid        NOT NULL CONSTRAINT sessions_user_exists REFERENCES users (id) ON DELETE CASCADE,
    id               uuid        NOT NULL,
    user_agent       text,
    ip_address       text,
    created_at       timestamptz NOT NULL,
    last_used_at     timestamptz NOT NULL,
    -- When it ends unless it is refreshed before, and when it ends in any case.
    expires_at       timestamptz NOT NULL,
    ends_at          timestamptz NOT NULL,
    -- What all refresh tokens of the session have in common, the one that is good, and the one that was good before,
    -- all as hashes. What replaced that one is sealed with it, so that nobody can read it but who has it.
    family_hash      bytea       NOT NULL,
    token_hash       bytea       NOT NULL,
    replaced_hash    bytea,
    replaced_at      timestamptz,
    sealed_successor bytea,
    PRIMARY KEY (user_id, id)
);

CREATE INDEX sessions_by_end ON sessions (expires_at);

-- The sessions that were ended before their time, until the last access token of each has expired. They outlive their
-- account: on purpose, nothing refers to it.

CREATE TABLE session_revocations (
    user_id    uuid        NOT NULL,
    session_id uuid        NOT NULL,
    revoked_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, session_id)
);

CREATE INDEX session_revocations_by_age ON session_revocations (revoked_at);
