SELECT partition, topic_id, next_offset, last_batch FROM stream_offsets WHERE topic = $1 AND partition = ANY ($2)
