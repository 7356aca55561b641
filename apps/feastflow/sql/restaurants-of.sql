SELECT id AS dish, restaurant_id AS restaurant FROM dishes WHERE id = ANY($1)
