CREATE TEMPORARY TABLE IF NOT EXISTS staging (
  event_id text,
  account_id text,
  merchant text,
  category text,
  amount numeric(14, 2),
  currency text,
  occurred_at timestamptz,
  source text
) ON COMMIT DELETE ROWS
