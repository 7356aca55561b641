-- A token that was used already is in two hands: nothing that came of its log-in is good any more.
UPDATE sessions s SET revoked_at = now(), revoked_why = 'reuse'
FROM refresh_tokens t
WHERE t.hash = $1 AND t.used_at IS NOT NULL AND s.id = t.session_id AND s.revoked_at IS NULL
RETURNING s.id, s.account_id AS account
