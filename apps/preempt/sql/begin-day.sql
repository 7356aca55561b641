INSERT IGNORE INTO source_calls (day, spent) VALUES (?, 0)
