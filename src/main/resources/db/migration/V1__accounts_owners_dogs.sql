-- Ids are UUIDs of version 7, made by the application, so that their order is the order of creation.
--
-- Columns named …_key hold a text without regard to case, as dev.kennel.database.CaseFolding makes it. Their collation
-- is "C": byte by byte, the same on every machine and under every version of the operating system.

CREATE TABLE users (
    id            uuid        PRIMARY KEY,
    username      text        NOT NULL,
    username_key  text        COLLATE "C" NOT NULL CONSTRAINT users_username_unique UNIQUE,
    email         text        NOT NULL,
    email_key     text        COLLATE "C" NOT NULL CONSTRAINT users_email_unique UNIQUE,
    password_hash text        NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL
);

-- From here on the account leads every key: the rows of one account lie together, and the store itself refuses a row
-- that refers to another account's.

CREATE TABLE sessions (
    user_id    uuid        NOT NULL CONSTRAINT sessions_user_exists REFERENCES users (id) ON DELETE CASCADE,
    id         uuid        NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (user_id, id)
);

-- The instances look for what has been revoked of late.
CREATE INDEX sessions_revoked ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE owners (
    user_id    uuid        NOT NULL CONSTRAINT owners_user_exists REFERENCES users (id) ON DELETE CASCADE,
    id         uuid        NOT NULL,
    name       text        NOT NULL,
    name_key   text        COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, id)
);

CREATE INDEX owners_by_name ON owners (user_id, name_key, id);
CREATE INDEX owners_by_update ON owners (user_id, updated_at, id);

CREATE TABLE dogs (
    user_id    uuid        NOT NULL,
    id         uuid        NOT NULL,
    owner_id   uuid        NOT NULL,
    name       text        NOT NULL,
    name_key   text        COLLATE "C" NOT NULL,
    breed      text,
    breed_key  text        COLLATE "C",
    birth_date date,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, id),
    CONSTRAINT dogs_owner_exists FOREIGN KEY (user_id, owner_id) REFERENCES owners (user_id, id)
);

CREATE INDEX dogs_of_owner ON dogs (user_id, owner_id, id);
CREATE INDEX dogs_by_name ON dogs (user_id, name_key, id);
CREATE INDEX dogs_by_update ON dogs (user_id, updated_at, id);
CREATE INDEX dogs_by_birth ON dogs (user_id, birth_date, id);
