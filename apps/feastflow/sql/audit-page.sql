SELECT id, at, action, actor_id AS actor, subject, address, details
FROM audit_log WHERE id < $1 ORDER BY id DESC LIMIT $2
