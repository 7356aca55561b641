SELECT id, slug, name, cuisine, description, is_open AS "isOpen"
FROM restaurants
WHERE $1::text = '' OR search @@ to_tsquery('simple', $1)
ORDER BY name LIMIT $2
