-- In one order by all who take lines away, an order too, so that no two wait for each other.
DELETE FROM cart_items c
USING (SELECT dish_id FROM cart_items WHERE account_id = $1 ORDER BY dish_id FOR UPDATE) o
WHERE c.account_id = $1 AND c.dish_id = o.dish_id
