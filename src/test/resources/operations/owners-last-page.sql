SELECT id, name, nullif(updated_at, created_at) AS changed_at FROM owners WHERE user_id = ? ORDER BY id DESC LIMIT ?;
SELECT count(*) FROM owners WHERE user_id = ?;
