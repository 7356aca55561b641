-- Of two collections of the same value the later is kept, whichever comes first. VALUES() and not an alias of the row:
-- that is what MySQL and MariaDB both have. The value is set first, by the time that the row had until then.
INSERT INTO observations (location_id, field_id, observed_at, value, collected_at) VALUES :rows
ON DUPLICATE KEY UPDATE
  value = IF(VALUES(collected_at) > collected_at, VALUES(value), value),
  collected_at = GREATEST(collected_at, VALUES(collected_at))
