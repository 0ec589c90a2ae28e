SELECT id, name, created_at, updated_at FROM owners WHERE user_id = ? ORDER BY id DESC LIMIT ?;
SELECT count(*) FROM owners WHERE user_id = ?;
