SELECT id, account_id AS account, restaurant_id AS restaurant, courier_id AS courier, status, version
FROM orders WHERE id = $1 FOR NO KEY UPDATE
