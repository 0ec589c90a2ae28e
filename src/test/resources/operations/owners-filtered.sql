SELECT id, name FROM owners WHERE user_id = ? AND id >= ? AND name_key LIKE ? ORDER BY id LIMIT ?;
