UPDATE judgements
SET judged_until = ?,
  open_anomaly = (
    SELECT id
    FROM anomalies
    WHERE anomalies.location_id = judgements.location_id AND anomalies.field_id = judgements.field_id AND ended_at IS NULL
    ORDER BY started_at DESC
    LIMIT 1
  )
WHERE location_id = ? AND field_id = ?
