INSERT INTO bands (location_id, field_id, part, usual, lower_bound, upper_bound, trained_at)
VALUES ?
ON DUPLICATE KEY UPDATE
  usual = VALUES(usual),
  lower_bound = VALUES(lower_bound),
  upper_bound = VALUES(upper_bound),
  trained_at = VALUES(trained_at)
