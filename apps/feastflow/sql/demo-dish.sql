INSERT INTO dishes (restaurant_id, section, name, description, vegetarian, price_cents, stock, search_words)
SELECT id, $2, $3, $4, $5, $6, $7, $8 FROM restaurants WHERE slug = $1
ON CONFLICT (restaurant_id, name) DO NOTHING
