SELECT id, location_id AS location, field_id AS field, started_at AS startedAt, ended_at AS endedAt, severity, score,
  peak_at AS peakAt, value, expected, lower_bound AS lowerBound, upper_bound AS upperBound, explanation,
  judged_by AS judgedBy, withdrawn, changed_at AS changedAt
FROM anomalies
WHERE id IN (?)
