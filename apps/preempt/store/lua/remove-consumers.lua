-- Removes a consumer that leaves, and all that were not seen for too long: each only when it has nothing pending, which
-- would go with it.
local removed = 0
for _, entry in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local of = {}
  for at = 1, #entry, 2 do of[entry[at]] = entry[at + 1] end
  local goes = of['name'] == ARGV[2] or of['idle'] >= tonumber(ARGV[3])
  if goes and of['pending'] == 0 then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], of['name'])
    removed = removed + 1
  end
end
return removed
