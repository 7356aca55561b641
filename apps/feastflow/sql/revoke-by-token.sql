UPDATE sessions s SET revoked_at = now(), revoked_why = 'log-out'
FROM refresh_tokens t
WHERE t.hash = $1 AND s.id = t.session_id AND s.revoked_at IS NULL
RETURNING s.id, s.account_id AS account
