SELECT o.field_id AS field, o.observed_at AS observedAt, o.value
FROM (
  SELECT field_id, MAX(observed_at) AS newest FROM observations WHERE location_id = ? GROUP BY field_id
) AS l
JOIN observations AS o ON o.location_id = ? AND o.field_id = l.field_id AND o.observed_at = l.newest
