SELECT id, name FROM owners WHERE user_id = ? AND id > ? ORDER BY id LIMIT ?;
SELECT count(*) FROM owners WHERE user_id = ?;
SELECT 1 WHERE EXISTS (SELECT 1 FROM owners WHERE user_id = ? AND id <= ?);
