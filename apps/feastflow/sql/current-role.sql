SELECT a.role, a.restaurant_id AS restaurant
FROM accounts a JOIN sessions s ON s.account_id = a.id
WHERE a.id = $1 AND s.id = $2 AND s.revoked_at IS NULL
