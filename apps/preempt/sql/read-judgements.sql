SELECT location_id AS location, field_id AS field, judged_until AS until
FROM judgements
