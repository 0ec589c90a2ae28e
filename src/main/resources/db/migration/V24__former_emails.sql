-- The verified address that an account had before its present one. It is the account's own until its successor is verified
-- (recoverable_until is null until then), and for seven days from then on: a link that undoes the change and links for a new
-- password go to it, and no other account can have it. Addresses that come in between get no row: the one that was verified
-- first decides. Of the link's token there is a hash only.

CREATE TABLE former_emails (
    user_id           uuid        PRIMARY KEY CONSTRAINT former_emails_user_exists REFERENCES users (id) ON DELETE CASCADE,
    email             text        NOT NULL,
    email_key         text        COLLATE "C" NOT NULL,
    verified_at       timestamptz NOT NULL,
    recoverable_until timestamptz,
    token_hash        bytea
);

CREATE INDEX former_emails_by_address ON former_emails (email_key);
CREATE INDEX former_emails_by_end ON former_emails (recoverable_until);
