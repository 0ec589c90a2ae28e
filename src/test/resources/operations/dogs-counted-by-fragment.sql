SELECT id, name FROM owners WHERE user_id = ? ORDER BY id LIMIT ?;
SELECT owner_id, count(*) FROM dogs WHERE user_id = ? AND owner_id = ANY (?) GROUP BY owner_id;
