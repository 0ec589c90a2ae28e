SELECT id, name FROM owners WHERE user_id = ? AND id = ANY (?);
SELECT id, owner_id, name, breed FROM dogs WHERE user_id = ? AND id = ANY (?);
SELECT c.* FROM unnest(?::uuid[]) AS p (id) CROSS JOIN LATERAL (SELECT id, owner_id, name, breed FROM dogs WHERE user_id = ? AND owner_id = p.id ORDER BY id LIMIT ?) AS c;
SELECT id, name FROM owners WHERE user_id = ? AND id = ANY (?);
