UPDATE anomalies
SET started_at = ?
WHERE id = ?
