SELECT order_id AS id, fingerprint FROM order_keys WHERE account_id = $1 AND key = $2
