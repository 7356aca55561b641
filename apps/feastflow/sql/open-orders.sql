SELECT id, number, account, "restaurantId", courier, restaurant, status, version, "totalCents", address, note, "placedAt",
  "changedAt", items
FROM order_views
WHERE status NOT IN ('delivered', 'rejected', 'cancelled')
  AND ($1::integer IS NULL OR "restaurantId" = $1)
  AND ($2::uuid IS NULL OR status = 'ready' OR courier = $2)
ORDER BY number LIMIT 500
