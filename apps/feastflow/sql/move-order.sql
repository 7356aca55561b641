WITH moved AS (
  UPDATE orders SET status = $2, version = version + 1, courier_id = $3, changed_at = now() WHERE id = $1::uuid
  RETURNING id, version
), changes AS (
  INSERT INTO order_changes (order_id, version, status, actor_id) SELECT id, version, $2, $4 FROM moved
)
SELECT pg_notify('orders', $1::text)
