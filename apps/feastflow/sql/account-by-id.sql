SELECT id, email, name, role, restaurant_id AS restaurant, created_at AS "createdAt" FROM accounts WHERE id = $1
