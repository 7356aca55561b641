-- Moves an entry to the dead letters: only whoever takes it off the pending ones writes it there, so that it is there
-- once, and never in neither.
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', unpack(ARGV, 3))
return 1
