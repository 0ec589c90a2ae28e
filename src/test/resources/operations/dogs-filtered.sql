SELECT id, owner_id, name, breed FROM dogs WHERE user_id = ? AND owner_id = ? AND name_key >= ? AND name_key < ? AND breed_key = ANY (?) AND birth_date < ? ORDER BY id LIMIT ?;
