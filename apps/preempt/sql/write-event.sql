-- Its natural key makes a repeat change nothing.
INSERT INTO anomalies
  (location_id, field_id, started_at, ended_at, severity, score, peak_at, value, expected, lower_bound, upper_bound, explanation, judged_by)
VALUES ?
ON DUPLICATE KEY UPDATE
  ended_at = VALUES(ended_at),
  severity = VALUES(severity),
  score = VALUES(score),
  peak_at = VALUES(peak_at),
  value = VALUES(value),
  expected = VALUES(expected),
  lower_bound = VALUES(lower_bound),
  upper_bound = VALUES(upper_bound),
  explanation = VALUES(explanation),
  judged_by = VALUES(judged_by),
  withdrawn = FALSE
