SELECT field_id AS field, MAX(observed_at) AS newest
FROM observations
WHERE location_id = ? AND field_id IN (?)
GROUP BY field_id
