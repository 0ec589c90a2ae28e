ALTER TABLE users ADD COLUMN email_verified_at timestamptz;

-- Whatever belongs to an account goes with it, in the statement that deletes the account.

ALTER TABLE dogs ADD CONSTRAINT dogs_user_exists FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;

-- Tokens that come by mail and are good once: the last one of each purpose, as a hash.

CREATE TABLE one_time_tokens (
    user_id    uuid        NOT NULL CONSTRAINT one_time_tokens_user_exists REFERENCES users (id) ON DELETE CASCADE,
    purpose    text        NOT NULL,
    token_hash bytea       NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, purpose)
);
