-- How often each account has changed. The row is taken first by every write of the account, and held until it commits.
-- Half of each page is left free, so that the new version of a row finds room beside the old one.

CREATE TABLE change_versions (
    user_id uuid   PRIMARY KEY CONSTRAINT change_versions_user_exists REFERENCES users (id) ON DELETE CASCADE,
    version bigint NOT NULL
) WITH (fillfactor = 50);

INSERT INTO change_versions (user_id, version) SELECT id, 0 FROM users;

-- What has changed: one entry for each version, without a gap. Only the oldest are ever removed.

CREATE TABLE changes (
    user_id    uuid        NOT NULL CONSTRAINT changes_user_exists REFERENCES change_versions (user_id) ON DELETE CASCADE,
    version    bigint      NOT NULL,
    kind       text        NOT NULL,
    node_kind  text        NOT NULL,
    node_id    uuid        NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, version)
);

CREATE INDEX changes_by_age ON changes (changed_at);
