SELECT id, name, created_at, updated_at FROM owners WHERE user_id = ? ORDER BY id LIMIT ?;
