SELECT id, name, nullif(updated_at, created_at) AS changed_at, updated_at AS sort_value FROM owners WHERE user_id = ? ORDER BY updated_at DESC, id DESC LIMIT ?;
