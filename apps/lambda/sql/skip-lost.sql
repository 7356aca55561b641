-- Only where nobody has moved it meanwhile.
UPDATE stream_offsets SET next_offset = $4, last_batch = NULL, updated_at = now()
WHERE topic = $1 AND partition = $2 AND next_offset = $3
