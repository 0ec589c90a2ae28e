BEGIN;
WITH version AS ( INSERT INTO change_versions AS latest (user_id, version) VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET version = latest.version + excluded.version RETURNING version ), written AS ( INSERT INTO owners (user_id, id, name, name_key, created_at, updated_at) SELECT ?, ?, ?, ?, ?, ? FROM version RETURNING id, name, nullif(updated_at, created_at) AS changed_at), entries AS ( INSERT INTO changes (user_id, version, kind, node_kind, node_id, changed_at) SELECT ?, version.version - ? + row_number() OVER (ORDER BY written.id), ?, ?, written.id, date_trunc('milliseconds', clock_timestamp()) FROM version, written ) SELECT * FROM written ORDER BY id;
COMMIT;
SELECT id, username, email, email_verified_at, created_at, updated_at FROM users WHERE id = ?;
SELECT owner_id, count(*) FROM dogs WHERE user_id = ? AND owner_id = ANY (?) GROUP BY owner_id;
