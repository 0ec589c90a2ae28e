-- How many attempts are left to whom: tokens in buckets, as Bucket4j keeps them. Ids are hashes. What is lost in a crash
-- is a few counts, so the table is not logged.

CREATE UNLOGGED TABLE throttle_buckets (
    id         text   PRIMARY KEY,
    state      bytea,
    expires_at bigint
);

CREATE INDEX throttle_buckets_by_end ON throttle_buckets (expires_at);
