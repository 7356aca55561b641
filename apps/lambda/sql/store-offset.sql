UPDATE stream_offsets SET next_offset = $3, last_batch = $4, updated_at = now()
WHERE topic = $1 AND partition = $2
