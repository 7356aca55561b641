UPDATE anomalies
SET ended_at = ?
WHERE id = ?
