-- No row: something listed cannot be had so, or the key has its order.
WITH wanted AS (
  SELECT * FROM unnest($7::integer[], $8::integer[]) AS w (dish, quantity)
), found AS (
  -- In one order by all, so that no two wait for each other; held until the order is there.
  SELECT d.id, d.restaurant_id, d.name, d.price_cents, d.stock, d.is_offered AND r.is_open AS is_offered
  FROM dishes d JOIN restaurants r ON r.id = d.restaurant_id
  WHERE d.id = ANY($7::integer[])
  ORDER BY d.id
  FOR NO KEY UPDATE OF d
), judged AS (
  SELECT min(f.restaurant_id) AS restaurant_id, sum(w.quantity * f.price_cents) AS total_cents
  FROM wanted w LEFT JOIN found f ON f.id = w.dish
  HAVING bool_and(coalesce(f.is_offered AND f.stock >= w.quantity, false))
    AND min(f.restaurant_id) = max(f.restaurant_id)
), keyed AS (
  -- Waits for whoever has the same key under way, on whichever replica.
  INSERT INTO order_keys (account_id, key, fingerprint, order_id)
  SELECT $2::uuid, $3::text, $4::bytea, $1::uuid FROM judged j
  WHERE j.total_cents = coalesce($9::bigint, j.total_cents)
  ON CONFLICT (account_id, key) DO NOTHING
  RETURNING order_id
), placed AS (
  INSERT INTO orders (id, account_id, restaurant_id, total_cents, address, note)
  SELECT k.order_id, $2::uuid, j.restaurant_id, j.total_cents, $5, $6 FROM keyed k, judged j
), items AS (
  INSERT INTO order_items (order_id, dish_id, name, price_cents, quantity)
  SELECT k.order_id, f.id, f.name, f.price_cents, w.quantity FROM keyed k, wanted w JOIN found f ON f.id = w.dish
), changes AS (
  INSERT INTO order_changes (order_id, version, status, actor_id)
  SELECT order_id, 1, 'placed', $2::uuid FROM keyed
), taken AS (
  -- Of what is locked: of `d` the constraint would first be asked with what it was when the statement began.
  UPDATE dishes d SET stock = f.stock - w.quantity FROM keyed, wanted w JOIN found f ON f.id = w.dish WHERE d.id = w.dish
), emptied AS (
  -- In the order of clear-cart.
  DELETE FROM cart_items c USING keyed, (
    SELECT dish_id FROM cart_items WHERE account_id = $2::uuid AND dish_id = ANY($7::integer[]) ORDER BY dish_id FOR UPDATE
  ) o
  WHERE c.account_id = $2::uuid AND c.dish_id = o.dish_id
)
SELECT pg_notify('orders', order_id::text) FROM keyed
