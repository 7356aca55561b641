INSERT INTO batch_jobs (sha256, file_name, bytes, status)
VALUES ($1, $2, $3, 'running')
ON CONFLICT (sha256) DO UPDATE
SET file_name = excluded.file_name, status = 'running', attempts = batch_jobs.attempts + 1,
  started_at = now(), finished_at = NULL, error = NULL
WHERE batch_jobs.status IN ('running', 'failed')
