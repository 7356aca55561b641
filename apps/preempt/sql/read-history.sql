-- The last months, and the same season of the year before: two ranges of the primary key.
SELECT observed_at AS at, value
FROM observations
WHERE location_id = ? AND field_id = ? AND (observed_at >= ? OR (observed_at >= ? AND observed_at < ?))
ORDER BY observed_at
