-- Makes the group where it is not there, and the ledger with it: how many entries, of all that were ever added, were
-- delivered or given up. 1 when it was made.
local made = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
if type(made) == 'table' and made.err ~= nil then
  if string.sub(made.err, 1, 9) ~= 'BUSYGROUP' then return made end
  redis.call('HSETNX', KEYS[2], 'position', 0)
  return 0
end
redis.call('HSET', KEYS[2], 'position', 0)
return 1
