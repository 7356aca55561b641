SELECT
  (SELECT COUNT(*) FROM locations) AS locations,
  (SELECT MAX(collected_at) FROM locations) AS lastCollectionAt,
  (SELECT COUNT(*) FROM locations WHERE collected_at >= CURRENT_TIMESTAMP(3) - INTERVAL 1 HOUR) AS collectedLastHour,
  (SELECT MAX(collected_at) >= CURRENT_TIMESTAMP(3) - INTERVAL 15 MINUTE FROM locations) AS isFresh,
  COUNT(CASE WHEN severity = 'minor' THEN 1 END) AS minor,
  COUNT(CASE WHEN severity = 'major' THEN 1 END) AS major,
  COUNT(CASE WHEN severity = 'severe' THEN 1 END) AS severe,
  COUNT(DISTINCT location_id) AS affectedLocations
FROM anomalies
WHERE ended_at IS NULL
