SELECT id, number, account, "restaurantId", courier, restaurant, status, version, "totalCents", address, note, "placedAt",
  "changedAt", items
FROM order_views
WHERE id = ANY($1)
