-- Read from the primary key's ends alone ("Using index for group-by"): as many steps as series, not as observations.
SELECT location_id AS location, field_id AS field, MAX(observed_at) AS newest
FROM observations
GROUP BY location_id, field_id
