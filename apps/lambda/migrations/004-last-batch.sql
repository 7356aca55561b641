ALTER TABLE stream_offsets ADD COLUMN last_batch text;
COMMENT ON COLUMN stream_offsets.last_batch IS
  'The batch of the record below next_offset: its first and last offset, its leader epoch, its checksum';
