SELECT id, owner_id, name FROM dogs WHERE user_id = ? ORDER BY id LIMIT ?;
SELECT id, name FROM owners WHERE user_id = ? AND id = ANY (?);
SELECT id, username, email, email_verified_at, created_at, updated_at FROM users WHERE id = ? AND deleted_at IS NULL;
