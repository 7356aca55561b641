SELECT observed_at AS at, value
FROM observations
WHERE location_id = ? AND field_id = ? AND observed_at >= ?
ORDER BY observed_at
