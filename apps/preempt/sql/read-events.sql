SELECT id, field_id AS field, started_at AS startedAt, ended_at AS endedAt, score, peak_at AS peakAt, value
FROM anomalies
WHERE location_id = ? AND field_id IN (?) AND (ended_at IS NULL OR ended_at >= ?)
ORDER BY field_id, started_at
