-- Buckets of so many seconds since 1970, UTC: the same for every range, so that a chart that moves does not flicker.
SELECT TIMESTAMPDIFF(SECOND, '1970-01-01 00:00:00', observed_at) DIV ? AS bucket,
  MIN(value) AS least, MAX(value) AS most, AVG(value) AS mean, COUNT(*) AS samples
FROM observations
WHERE location_id = ? AND field_id = ? AND observed_at >= ? AND observed_at < ?
GROUP BY bucket
ORDER BY bucket
