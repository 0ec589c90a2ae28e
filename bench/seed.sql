-- Fills a database that Kennel has made its tables in, for measuring on a store of any size: see README.md.
--
--   psql -v ON_ERROR_STOP=1 -v accounts=1000 -v owners=250 -v dogs=5 -v large=10000 -f bench/seed.sql postgresql://…
--
-- Makes accounts seeded-0, seeded-1 and so on, whose password is for all of them the one below: do not do it where others
-- can log in. seeded-0 has as many owners as `large` says. Undone by:
--
--   DELETE FROM users WHERE username_key LIKE 'seeded-%';
\set ON_ERROR_STOP on
\if :{?accounts} \else \set accounts 1000 \endif
\if :{?owners} \else \set owners 250 \endif
\if :{?dogs} \else \set dogs 5 \endif
\if :{?large} \else \set large 10000 \endif
\timing on

BEGIN;

-- An id as Kennel makes them: a UUID of version 7, whose order is that of creation. The rest is a hash instead of random
-- bits, so that a row can name another one without looking it up.
CREATE FUNCTION pg_temp.id(at timestamptz, name text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(name), 14, 3)
    || '8' || substr(md5(name), 18))::uuid
$$;

-- The password is: seeded for measuring
INSERT INTO users (id, username, username_key, email, email_key, password_hash, created_at, updated_at)
SELECT pg_temp.id('2024-01-01Z', 'user-' || u), 'seeded-' || u, 'seeded-' || u,
  'seeded-' || u || '@example.com', 'seeded-' || u || '@example.com', '{argon2}$argon2id$v=19$m=19456,t=2,p=1$4GtNYDise7k6y1WywNkAYg$81odw6UK1h2vDN9IFYRf47KmQ4p+5e5M1XtECKc1gn8', '2024-01-01Z', '2024-01-01Z'
FROM generate_series(0, :accounts - 1) u;

INSERT INTO change_versions SELECT id, 0 FROM users WHERE username_key LIKE 'seeded-%' ON CONFLICT DO NOTHING;

-- Accounts add owners in turns, as they would: the rows of one account do not lie side by side.
INSERT INTO owners (user_id, id, name, name_key, created_at, updated_at)
SELECT pg_temp.id('2024-01-01Z', 'user-' || u), pg_temp.id(at, 'owner-' || u || '-' || o),
  'Owner ' || o, 'owner ' || o, at, at
FROM generate_series(0, greatest(:owners, :large) - 1) o, generate_series(0, :accounts - 1) u,
  LATERAL (SELECT timestamptz '2024-01-01Z' + (u % 1000 * 0.01 + o * 60) * interval '1 second' AS at) t
WHERE o < CASE u WHEN 0 THEN :large ELSE :owners END;

INSERT INTO dogs (user_id, id, owner_id, name, name_key, breed, breed_key, birth_date, created_at, updated_at)
SELECT pg_temp.id('2024-01-01Z', 'user-' || u), pg_temp.id(at, 'dog-' || u || '-' || o || '-' || d),
  pg_temp.id(made, 'owner-' || u || '-' || o), name, lower(name), breed, lower(breed), date '2010-02-28' + d * 365, at, at
FROM generate_series(0, greatest(:owners, :large) - 1) o, generate_series(0, :accounts - 1) u,
  generate_series(0, :dogs - 1) d,
  LATERAL (SELECT timestamptz '2024-01-01Z' + (u % 1000 * 0.01 + o * 60) * interval '1 second' AS made) m,
  LATERAL (SELECT made + (d + 1) * interval '1 second' AS at,
    (ARRAY['Ada', 'Bo', 'Cy', 'Di', 'Ed'])[d % 5 + 1] AS name,
    (ARRAY['Border Collie', 'Poodle'])[d % 2 + 1] AS breed) t
WHERE o < CASE u WHEN 0 THEN :large ELSE :owners END;

COMMIT;

VACUUM (ANALYZE) users;
VACUUM (ANALYZE) owners;
VACUUM (ANALYZE) dogs;
SELECT (SELECT count(*) FROM users) AS accounts, (SELECT count(*) FROM owners) AS owners, (SELECT count(*) FROM dogs) AS dogs;
