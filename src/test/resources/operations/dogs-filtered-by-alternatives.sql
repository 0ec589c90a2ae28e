SELECT id, owner_id, name, breed FROM dogs WHERE user_id = ? AND (name_key = ? AND (breed_key = ?) IS NOT TRUE OR breed_key >= ? AND breed_key < ? AND birth_date < ?) ORDER BY id LIMIT ?;
