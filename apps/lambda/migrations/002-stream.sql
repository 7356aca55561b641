CREATE TABLE stream_offsets (
  topic text NOT NULL,
  partition integer NOT NULL,
  topic_id uuid NOT NULL,
  next_offset bigint NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (topic, partition)
);
COMMENT ON TABLE stream_offsets IS 'The next record to read of each partition; changes in the transaction of the rows';

CREATE TABLE dead_letters (
  topic_id uuid NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  record_offset bigint NOT NULL,
  record_key bytea,
  record_value bytea,
  error text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (topic_id, partition, record_offset)
);
COMMENT ON TABLE dead_letters IS 'Records that are no transactions, where they came from and why';
