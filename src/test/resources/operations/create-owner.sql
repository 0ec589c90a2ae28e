BEGIN;
WITH version AS ( INSERT INTO change_versions AS latest (user_id, version) VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET version = latest.version + excluded.version RETURNING version ), written AS ( INSERT INTO owners (user_id, id, name, name_key, created_at, updated_at) SELECT ?, ?, ?, ?, ?, ? FROM version RETURNING id, name, created_at, updated_at), entries AS ( INSERT INTO changes (user_id, version, kind, node_kind, node_id, changed_at) SELECT ?, version.version - ? + row_number() OVER (ORDER BY written.id), ?, ?, written.id, date_trunc('milliseconds', clock_timestamp()) FROM version, written ) SELECT * FROM written ORDER BY id;
COMMIT;
select ue1_0.id,ue1_0.created_at,ue1_0.email,ue1_0.email_key,ue1_0.email_verified_at,ue1_0.password_hash,ue1_0.updated_at,ue1_0.username,ue1_0.username_key from users ue1_0 where ue1_0.id=?;
SELECT owner_id, count(*) FROM dogs WHERE user_id = ? AND owner_id = ANY (?) GROUP BY owner_id;
