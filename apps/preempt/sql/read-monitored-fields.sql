SELECT id, name
FROM fields
WHERE name IN (?)
