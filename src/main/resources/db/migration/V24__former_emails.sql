-- Verified addresses that an account has had. One is the account's own until the address that replaced it is verified
-- (recoverable_until is null until then), and for seven days from then on: a link that undoes the change and links for a
-- new password go to it, and no other account can have it. Of the link's token there is a hash only.

CREATE TABLE former_emails (
    user_id           uuid        NOT NULL CONSTRAINT former_emails_user_exists REFERENCES users (id) ON DELETE CASCADE,
    id                uuid        NOT NULL,
    email             text        NOT NULL,
    email_key         text        COLLATE "C" NOT NULL,
    verified_at       timestamptz NOT NULL,
    recoverable_until timestamptz,
    token_hash        bytea,
    PRIMARY KEY (user_id, id)
);

CREATE INDEX former_emails_by_address ON former_emails (email_key);
CREATE INDEX former_emails_by_end ON former_emails (recoverable_until);
