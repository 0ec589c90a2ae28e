-- What a field of a mutation has answered under an Idempotency-Key: written in the transaction of the mutation itself,
-- so that there is a record if, and only if, the mutation has happened.

CREATE TABLE idempotency_records (
    user_id        uuid        NOT NULL CONSTRAINT idempotency_records_user_exists REFERENCES users (id) ON DELETE CASCADE,
    key            text        COLLATE "C" NOT NULL,
    field_index    integer     NOT NULL,
    arguments_hash bytea       NOT NULL,
    answer         text,
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (user_id, key, field_index)
);

CREATE INDEX idempotency_records_by_age ON idempotency_records (created_at);
