-- What the trainer wrote of a location: all of its fields, since a page shows them all.
SELECT field_id AS field, usual, lower_bound AS lower, upper_bound AS upper
FROM bands
WHERE location_id = ?
ORDER BY field_id, part
