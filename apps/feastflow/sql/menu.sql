SELECT id, section, name, description, vegetarian, price_cents AS "priceCents", stock, is_offered AS "isOffered"
FROM dishes WHERE restaurant_id = $1 ORDER BY section, name
