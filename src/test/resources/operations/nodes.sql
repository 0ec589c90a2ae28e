SELECT id, owner_id, name, breed, birth_date, created_at, updated_at FROM dogs WHERE user_id = ? AND id = ANY (?);
SELECT id, name, created_at, updated_at FROM owners WHERE user_id = ? AND id = ANY (?);
SELECT id, username, email, email_verified_at, created_at, updated_at FROM users WHERE id = ?;
SELECT id, name, created_at, updated_at FROM owners WHERE user_id = ? AND id = ANY (?);
