-- As whoever orders does, in one order by all.
SELECT d.id FROM dishes d JOIN order_items i ON i.dish_id = d.id WHERE i.order_id = $1
ORDER BY d.id FOR NO KEY UPDATE OF d
