-- A deleted account: it can't be found any more, and its rows are removed in the background, the one in this table last.

ALTER TABLE users ADD COLUMN deleted_at timestamptz;

CREATE INDEX users_deleted ON users (id) WHERE deleted_at IS NOT NULL;

-- The version that a deleted account keeps: the table itself refuses every further write of its owners and dogs, also those
-- of a version of Kennel that does not know this column. By its name, the constraint is one of those that say that an
-- account does not exist. No row that is there by now can violate it, so none is looked at.

ALTER TABLE change_versions
    ADD COLUMN final_version bigint,
    ADD CONSTRAINT change_versions_open_user_exists CHECK (version = final_version) NOT VALID;
