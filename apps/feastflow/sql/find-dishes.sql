SELECT d.id, r.slug AS restaurant, d.section, d.name, d.description, d.vegetarian,
  d.price_cents AS "priceCents", d.stock, d.is_offered AS "isOffered"
FROM dishes d JOIN restaurants r ON r.id = d.restaurant_id
WHERE d.search @@ to_tsquery('simple', $1) AND d.is_offered AND r.is_open AND (NOT $2 OR d.vegetarian)
ORDER BY ts_rank(d.search, to_tsquery('simple', $1)) DESC, d.name, d.id
LIMIT $3
