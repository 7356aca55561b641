SELECT id, name, role, restaurant_id AS restaurant, password_hash AS "passwordHash" FROM accounts WHERE email = $1
