-- The server's own clock: it is what stamps the changes.
SELECT COALESCE(MAX(changed_at), CURRENT_TIMESTAMP(3)) AS changedAt FROM anomalies
