UPDATE accounts SET role = $2, restaurant_id = $3 WHERE id = $1
RETURNING id, email, name, role, restaurant_id AS restaurant, created_at AS "createdAt"
