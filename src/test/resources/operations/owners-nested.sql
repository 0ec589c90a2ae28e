SELECT id, name FROM owners WHERE user_id = ? ORDER BY id LIMIT ?;
SELECT c.* FROM unnest(?::uuid[]) AS p (id) CROSS JOIN LATERAL (SELECT id, owner_id, name FROM dogs WHERE user_id = ? AND owner_id = p.id ORDER BY id LIMIT ?) AS c;
SELECT id, username, email, email_verified_at, created_at, updated_at FROM users WHERE id = ? AND deleted_at IS NULL;
