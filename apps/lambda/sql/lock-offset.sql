SELECT topic_id, next_offset FROM stream_offsets WHERE topic = $1 AND partition = $2 FOR UPDATE
