-- Distributes Kennel's tables on Citus: `users` as a reference table, and each table with a user_id by it, all colocated. The
-- other tables (rate limits, mails, Flyway's history) stay on the coordinator.
--
-- Run it on the coordinator once Kennel's migrations have been applied, and again after each release with migrations: what
-- is distributed already stays as it is, and what has been added is distributed. It is one transaction, and nothing can be
-- written meanwhile.
--
--   psql -X -f deploy/citus/distribute.sql "postgresql://kennel@coordinator/kennel"
--
-- The first run decides on the number of shards (citus.shard_count). See docs/scale.md.

\set ON_ERROR_STOP on

BEGIN;
SET LOCAL client_min_messages = warning;
-- Foreign keys to a reference table need it: Citus would refuse to change shards in parallel and then that table.
SET LOCAL citus.multi_shard_modify_mode = 'sequential';

DO $$
DECLARE
  -- Names: Citus replaces a table that refers to a reference table by another one of the same name.
  tables text[];
  missing text[];
  first text;
  reference record;
  definitions text[] := '{}';
  definition text;
  name text;
BEGIN
  SELECT array_agg(relation.relname::text ORDER BY relation.oid) INTO tables
  FROM pg_class AS relation
  JOIN pg_attribute AS attribute ON attribute.attrelid = relation.oid AND attribute.attname = 'user_id'
  WHERE relation.relnamespace = current_schema()::regnamespace AND relation.relkind IN ('r', 'p')
    AND NOT relation.relispartition AND NOT relation_is_a_known_shard(relation.oid);

  SELECT coalesce(array_agg(known), '{}') INTO missing FROM unnest(tables) AS known
  WHERE known::regclass NOT IN (SELECT table_name FROM citus_tables WHERE citus_table_type = 'distributed');

  -- Citus refuses a foreign key between a distributed table and one that is not distributed yet.
  FOR reference IN
    SELECT conrelid::regclass::text AS from_table, conname, pg_get_constraintdef(oid) AS text FROM pg_constraint
    WHERE contype = 'f' AND conparentid = 0 AND connamespace = current_schema()::regnamespace
      AND conrelid::regclass::text = ANY (tables) AND confrelid::regclass::text = ANY (tables)
      AND (conrelid::regclass::text = ANY (missing) OR confrelid::regclass::text = ANY (missing))
  LOOP
    EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', reference.from_table, reference.conname);
    definitions := definitions
      || format('ALTER TABLE %I ADD CONSTRAINT %I %s', reference.from_table, reference.conname, reference.text);
  END LOOP;

  IF NOT EXISTS (SELECT FROM citus_tables WHERE table_name = 'users'::regclass AND citus_table_type = 'reference') THEN
    PERFORM create_reference_table('users');
  END IF;
  SELECT min(table_name::text) INTO first FROM citus_tables
  WHERE citus_table_type = 'distributed' AND table_name::text = ANY (tables);
  FOREACH name IN ARRAY missing LOOP
    PERFORM create_distributed_table(name, 'user_id', colocate_with => coalesce(first, 'none'));
    first := coalesce(first, name);
  END LOOP;

  FOREACH definition IN ARRAY definitions LOOP
    EXECUTE definition;
  END LOOP;
END
$$;

COMMIT;

SELECT table_name, citus_table_type, distribution_column, shard_count FROM citus_tables ORDER BY table_name::text;
