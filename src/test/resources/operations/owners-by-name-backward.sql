SELECT id, name, name_key AS sort_value FROM owners WHERE user_id = ? AND (name_key, id) < (?, ?) ORDER BY name_key DESC, id DESC LIMIT ?;
SELECT 1 WHERE EXISTS (SELECT 1 FROM owners WHERE user_id = ? AND (name_key, id) >= (?, ?));
