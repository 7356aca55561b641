-- The client writes the values into the text, so what is not asked for is folded away before an index is chosen.
SELECT id, location_id AS location, field_id AS field, started_at AS startedAt, ended_at AS endedAt, severity, score,
  peak_at AS peakAt, value, expected, lower_bound AS lowerBound, upper_bound AS upperBound, explanation,
  judged_by AS judgedBy, withdrawn, changed_at AS changedAt
FROM anomalies
WHERE (? = 'all' OR ended_at IS NULL)
  AND (? IS NULL OR location_id = ?)
  AND (? IS NULL OR field_id = ?)
  AND (? IS NULL OR started_at >= ?)
  AND (? = 'any' OR severity IN (?))
  AND (? IS NULL OR started_at < ? OR (started_at = ? AND id < ?))
ORDER BY started_at DESC, id DESC
LIMIT ?
