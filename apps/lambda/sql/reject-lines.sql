INSERT INTO batch_rejects (sha256, line, reason, content)
SELECT $1::text, * FROM unnest($2::bigint[], $3::text[], $4::text[])
ON CONFLICT (sha256, line) DO NOTHING
