-- Two at once would each clear what it saw, and together fill it with both.
SELECT id FROM accounts WHERE id = $1 FOR NO KEY UPDATE
