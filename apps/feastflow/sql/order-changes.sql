SELECT version, status, at FROM order_changes WHERE order_id = $1 ORDER BY version
