INSERT INTO cart_items (account_id, dish_id, quantity)
SELECT $1, wanted.dish, wanted.quantity
FROM unnest($2::integer[], $3::integer[]) AS wanted (dish, quantity) JOIN dishes d ON d.id = wanted.dish
