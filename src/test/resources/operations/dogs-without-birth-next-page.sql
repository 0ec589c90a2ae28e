SELECT id, owner_id, name, birth_date, birth_date AS sort_value FROM dogs WHERE user_id = ? AND birth_date IS NULL AND id > ? ORDER BY birth_date, id LIMIT ?;
SELECT 1 WHERE EXISTS (SELECT 1 FROM dogs WHERE user_id = ? AND birth_date IS NOT NULL) OR EXISTS (SELECT 1 FROM dogs WHERE user_id = ? AND birth_date IS NULL AND id <= ?);
