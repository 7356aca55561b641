UPDATE batch_jobs
SET status = $2, rows_loaded = $3, rows_known = $4, rows_rejected = $5, error = $6, finished_at = now()
WHERE sha256 = $1
