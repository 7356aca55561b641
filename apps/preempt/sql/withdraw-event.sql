UPDATE anomalies
SET ended_at = started_at, score = 0, explanation = 'Withdrawn: the source has corrected the value since'
WHERE id = ?
