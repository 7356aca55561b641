-- In the order of the key, so that two that merge the same rows wait for each other instead of blocking each other.
INSERT INTO transactions (event_id, account_id, merchant, category, amount, currency, occurred_at, source)
SELECT event_id, account_id, merchant, category, amount, currency, occurred_at, source
FROM staging
ORDER BY event_id
ON CONFLICT (event_id) DO NOTHING
