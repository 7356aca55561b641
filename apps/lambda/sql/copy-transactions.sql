COPY transactions (event_id, account_id, merchant, category, amount, currency, occurred_at, source) FROM STDIN
