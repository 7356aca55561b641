ALTER TABLE stream_offsets ADD COLUMN last_batch text;
COMMENT ON COLUMN stream_offsets.last_batch IS
  'The batch of records that ends at next_offset or holds it: its first offset, its leader epoch, its checksum';
