-- A consumer that was frozen in the middle of a COPY holds the lock of its offset, and no timeout of the server ends a
-- COPY that waits for its client.
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE usename = current_user
  AND datname = current_database()
  AND application_name = 'lambda-consumer'
  AND pid <> pg_backend_pid()
  AND wait_event = 'ClientRead'
  AND xact_start < now() - make_interval(secs => $1)
