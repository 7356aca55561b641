UPDATE dishes d SET stock = d.stock + i.quantity
FROM order_items i WHERE i.order_id = $1 AND d.id = i.dish_id
