-- Who waits longest comes first. One that was collected after now is due as well: the clock was set back. One that the
-- source refused is left for a while.
SELECT id, latitude, longitude FROM locations
WHERE (collected_at IS NULL OR collected_at <= ? OR collected_at > ?)
  AND (refused_at IS NULL OR refused_at <= ? OR refused_at > ?)
ORDER BY collected_at, id
LIMIT ?
