CREATE TABLE batch_jobs (
  sha256 text PRIMARY KEY,
  file_name text NOT NULL,
  bytes bigint NOT NULL,
  status text NOT NULL CHECK (status IN ('running', 'done', 'rejected', 'failed')),
  attempts integer NOT NULL DEFAULT 1,
  rows_loaded bigint NOT NULL DEFAULT 0,
  rows_known bigint NOT NULL DEFAULT 0,
  rows_rejected bigint NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  error text
);
COMMENT ON TABLE batch_jobs IS 'One row a file, by its content; rejected is final, failed is tried again';
COMMENT ON COLUMN batch_jobs.rows_known IS 'Rows whose event id was there already';

CREATE TABLE batch_rejects (
  sha256 text NOT NULL REFERENCES batch_jobs,
  line bigint NOT NULL,
  reason text NOT NULL,
  content text NOT NULL,
  PRIMARY KEY (sha256, line)
);
COMMENT ON TABLE batch_rejects IS 'Lines of files that are no transactions; content holds their first 1000 characters';
