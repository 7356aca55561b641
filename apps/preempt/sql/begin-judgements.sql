INSERT IGNORE INTO judgements (location_id, field_id, judged_until)
VALUES ?
