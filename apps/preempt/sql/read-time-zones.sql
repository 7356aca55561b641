SELECT id, timezone AS zone
FROM locations
ORDER BY id
