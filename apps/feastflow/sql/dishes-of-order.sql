SELECT d.id, d.restaurant_id AS restaurant, d.name, d.price_cents AS "priceCents", d.stock,
  d.is_offered AND r.is_open AS "isOffered"
FROM dishes d JOIN restaurants r ON r.id = d.restaurant_id
WHERE d.id = ANY($1)
