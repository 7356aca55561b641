-- What the trainer wrote of a location not too many days ago: all of its fields, since a page shows them all.
SELECT field_id AS field, usual, lower_bound AS lower, upper_bound AS upper
FROM bands
WHERE location_id = ? AND trained_at >= UTC_TIMESTAMP(3) - INTERVAL ? DAY
ORDER BY field_id, part
