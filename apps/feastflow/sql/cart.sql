SELECT c.dish_id AS dish, d.name, r.slug AS restaurant, d.price_cents AS "priceCents", c.quantity,
  d.is_offered AND r.is_open AND d.stock >= c.quantity AS "canBeHad"
FROM cart_items c JOIN dishes d ON d.id = c.dish_id JOIN restaurants r ON r.id = d.restaurant_id
WHERE c.account_id = $1 ORDER BY d.name, c.dish_id
