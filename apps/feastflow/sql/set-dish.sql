UPDATE dishes SET
  stock = coalesce($3, stock),
  is_offered = coalesce($4, is_offered),
  price_cents = coalesce($5, price_cents)
WHERE id = $1 AND ($2::integer IS NULL OR restaurant_id = $2)
RETURNING id, section, name, description, vegetarian, price_cents AS "priceCents", stock, is_offered AS "isOffered"
