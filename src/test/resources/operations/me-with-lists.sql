select ue1_0.id,ue1_0.created_at,ue1_0.email,ue1_0.email_key,ue1_0.email_verified_at,ue1_0.password_hash,ue1_0.updated_at,ue1_0.username,ue1_0.username_key from users ue1_0 where ue1_0.id=?;
SELECT id, name, created_at, updated_at FROM owners WHERE user_id = ? ORDER BY id LIMIT ?;
SELECT id, owner_id, name, breed, birth_date, created_at, updated_at FROM dogs WHERE user_id = ? ORDER BY id LIMIT ?;
SELECT count(*) FROM dogs WHERE user_id = ?;
