UPDATE anomalies
SET severity = ?, score = ?, peak_at = ?, value = ?, expected = ?, lower_bound = ?, upper_bound = ?, explanation = ?, judged_by = ?,
  withdrawn = FALSE
WHERE id = ?
