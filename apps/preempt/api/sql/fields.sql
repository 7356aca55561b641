SELECT id, name, unit FROM fields ORDER BY id
