CREATE TABLE transactions (
  event_id text PRIMARY KEY,
  account_id text NOT NULL,
  merchant text NOT NULL,
  category text NOT NULL,
  amount numeric(14, 2) NOT NULL,
  currency text NOT NULL CHECK (length(currency) = 3),
  occurred_at timestamptz NOT NULL,
  source text NOT NULL,
  loaded_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE transactions IS 'Every transaction once, by its event id, from the stream or from a file';
COMMENT ON COLUMN transactions.source IS 'stream, or batch';

CREATE INDEX transactions_account ON transactions (account_id, occurred_at);
