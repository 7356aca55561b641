INSERT INTO dead_letters (topic_id, topic, partition, record_offset, record_key, record_value, error)
SELECT $1::uuid, $2::text, $3::integer, * FROM unnest($4::bigint[], $5::bytea[], $6::bytea[], $7::text[])
ON CONFLICT DO NOTHING
