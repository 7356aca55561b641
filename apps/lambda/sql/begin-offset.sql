INSERT INTO stream_offsets (topic, partition, topic_id, next_offset)
VALUES ($1, $2, $3, $4)
ON CONFLICT (topic, partition) DO NOTHING
