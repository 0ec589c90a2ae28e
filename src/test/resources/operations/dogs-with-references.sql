SELECT id, owner_id, name FROM dogs WHERE user_id = ? ORDER BY id LIMIT ?;
