-- What the trainer wrote of a series: the parts of a day in their order.
SELECT part, usual, lower_bound AS lower, upper_bound AS upper
FROM bands
WHERE location_id = ? AND field_id = ?
ORDER BY part
