SELECT id, name FROM owners WHERE user_id = ? ORDER BY id LIMIT ?;
SELECT c.* FROM unnest(?::uuid[]) AS p (id) CROSS JOIN LATERAL (SELECT id, owner_id, name FROM dogs WHERE user_id = ? AND owner_id = p.id AND id > ? ORDER BY id LIMIT ?) AS c;
SELECT p.id FROM unnest(?::uuid[]) AS p (id) WHERE EXISTS (SELECT 1 FROM dogs WHERE user_id = ? AND owner_id = p.id AND id <= ?);
