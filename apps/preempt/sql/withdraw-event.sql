UPDATE anomalies
SET ended_at = started_at, score = 0, withdrawn = TRUE, explanation = 'Withdrawn: the source has corrected the value since'
WHERE id = ?
