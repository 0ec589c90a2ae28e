SELECT id, name FROM owners WHERE user_id = ? ORDER BY id LIMIT ?;
SELECT id, username, email, email_verified_at, created_at, updated_at FROM users WHERE id = ? AND deleted_at IS NULL;
SELECT count(*) FROM dogs WHERE user_id = ? AND breed_key = ?;
SELECT owner_id, count(*) FROM dogs WHERE user_id = ? AND owner_id = ANY (?) GROUP BY owner_id;
