-- In the order of the key, so that two detectors wait for each other and neither waits for ever.
SELECT field_id AS field, judged_until AS until
FROM judgements
WHERE location_id = ? AND field_id IN (?)
ORDER BY location_id, field_id
FOR UPDATE
