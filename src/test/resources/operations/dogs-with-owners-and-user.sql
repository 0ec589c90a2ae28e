SELECT id, owner_id, name, breed, birth_date, nullif(updated_at, created_at) AS changed_at FROM dogs WHERE user_id = ? ORDER BY id LIMIT ?;
SELECT id, name, nullif(updated_at, created_at) AS changed_at FROM owners WHERE user_id = ? AND id = ANY (?);
SELECT id, username, email, email_verified_at, created_at, updated_at FROM users WHERE id = ?;
