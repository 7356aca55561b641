-- Of two pauses the later end counts, whoever notes it. The reason is set first, by the end that the row had until then.
INSERT INTO source_pause (id, paused_until, reason) VALUES (1, ?, ?)
ON DUPLICATE KEY UPDATE
  reason = IF(VALUES(paused_until) > paused_until, VALUES(reason), reason),
  paused_until = GREATEST(paused_until, VALUES(paused_until))
