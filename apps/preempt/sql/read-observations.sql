SELECT field_id AS field, observed_at AS at, value
FROM observations
WHERE location_id = ? AND field_id IN (?) AND observed_at >= ?
ORDER BY field_id, observed_at
