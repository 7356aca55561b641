INSERT INTO accounts (email, name, password_hash, role, restaurant_id)
VALUES ($1, $2, $3, $4, (SELECT id FROM restaurants WHERE slug = $5))
ON CONFLICT (email) DO NOTHING
RETURNING email
