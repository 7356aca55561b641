INSERT INTO audit_log (action, actor_id, subject, address, details) VALUES ($1, $2, $3, $4, $5)
