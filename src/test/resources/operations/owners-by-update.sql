SELECT id, name, updated_at AS sort_value FROM owners WHERE user_id = ? ORDER BY updated_at DESC, id DESC LIMIT ?;
