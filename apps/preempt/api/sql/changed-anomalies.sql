-- Answered by the index alone.
SELECT id, changed_at AS changedAt
FROM anomalies
WHERE changed_at >= ?
ORDER BY changed_at, id
LIMIT ?
