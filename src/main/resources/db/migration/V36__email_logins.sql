-- Log-ins that were requested by mail: of each account the newest one. What logs in are two together: the secret of the browser
-- that has requested it (browser_hash), and the code or the link of the mail. The code has six digits only, so that its hash is
-- keyed, with a key that is derived from the key of kennel.auth.keys with this id. fingerprint is a digest of the password and
-- the address, with either of which it ends.

CREATE TABLE email_logins (
    user_id       uuid        PRIMARY KEY CONSTRAINT email_logins_user_exists REFERENCES users (id) ON DELETE CASCADE,
    browser_hash  bytea       NOT NULL,
    code_key_id   text        NOT NULL,
    code_hash     bytea       NOT NULL,
    token_hash    bytea       NOT NULL,
    fingerprint   bytea       NOT NULL,
    attempts_left integer     NOT NULL,
    expires_at    timestamptz NOT NULL
);

CREATE INDEX email_logins_by_end ON email_logins (expires_at);

-- The fingerprint of a log-in by mail that needs a second factor. Null: the log-in has given the password.

ALTER TABLE login_challenges ADD COLUMN email_fingerprint bytea;
