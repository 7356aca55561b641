SELECT id, number, account, "restaurantId", courier, restaurant, status, version, "totalCents", address, note, "placedAt",
  "changedAt", items
FROM order_views
WHERE account = $1 AND number < $2 ORDER BY number DESC LIMIT $3
