UPDATE anomalies
SET ended_at = started_at, explanation = 'Withdrawn: the source has corrected the value since'
WHERE id = ?
