SELECT id, name, nullif(updated_at, created_at) AS changed_at FROM owners WHERE user_id = ? AND id >= ? AND name_key LIKE ? ORDER BY id LIMIT ?;
