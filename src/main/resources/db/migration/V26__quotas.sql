-- How many owners and dogs an account has, counted by the writes themselves: none has to count what is there.
--
-- "counted" is the version up to which that is so. A version of Kennel that does not know these columns leaves it behind,
-- as do the accounts that there are by now: where it is not the account's version, the next write that adds something
-- counts anew, before it looks at the counts. So nothing has to be counted here.

ALTER TABLE change_versions
    ADD COLUMN owners  bigint NOT NULL DEFAULT 0,
    ADD COLUMN dogs    bigint NOT NULL DEFAULT 0,
    ADD COLUMN counted bigint NOT NULL DEFAULT -1;
