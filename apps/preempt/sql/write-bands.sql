INSERT INTO bands (location_id, field_id, part, usual, lower_bound, upper_bound)
VALUES ?
ON DUPLICATE KEY UPDATE usual = VALUES(usual), lower_bound = VALUES(lower_bound), upper_bound = VALUES(upper_bound)
