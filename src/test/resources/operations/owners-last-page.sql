SELECT id, name FROM owners WHERE user_id = ? ORDER BY id DESC LIMIT ?;
SELECT count(*) FROM owners WHERE user_id = ?;
