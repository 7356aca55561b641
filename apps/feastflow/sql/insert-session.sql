INSERT INTO sessions (account_id) VALUES ($1) RETURNING id
