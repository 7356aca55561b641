UPDATE refresh_tokens t SET used_at = now()
FROM sessions s, accounts a
WHERE t.hash = $1 AND t.used_at IS NULL AND t.expires_at > now()
  AND s.id = t.session_id AND s.revoked_at IS NULL AND a.id = s.account_id
RETURNING s.id AS session, a.id, a.name, a.role, a.restaurant_id AS restaurant
