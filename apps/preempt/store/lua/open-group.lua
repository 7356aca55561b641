-- Makes the group where it is not there, and the ledger with it: how many entries, of all that were ever added, were
-- delivered or given up. 1 when it was made. It looks first, and writes only what is missing: a Redis that is full
-- refuses what might make it fuller, and must be read all the same.
local function map(list)
  local found = {}
  for at = 1, #list, 2 do found[list[at]] = list[at + 1] end
  return found
end
local stream, group
if redis.call('EXISTS', KEYS[1]) == 1 then
  stream = map(redis.call('XINFO', 'STREAM', KEYS[1]))
  for _, entry in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local of = map(entry)
    if of['name'] == ARGV[1] then group = of end
  end
end
local removed = stream and stream['entries-added'] - stream['length'] or 0
local position = tonumber(redis.call('HGET', KEYS[2], 'position') or nil)
if group ~= nil then
  if position == nil then
    local last = group['last-delivered-id'] == stream['last-generated-id'] and stream['entries-added']
    redis.call('HSET', KEYS[2], 'position', last or tonumber(group['entries-read'] or nil) or removed)
  end
  return 0
end
redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
-- It is read from what is left. What was removed until now was given to the group that was there, or is not this
-- group's; only what was removed beyond what was given is lost, and the next reading counts that.
redis.call('HSET', KEYS[2], 'position', math.min(position or removed, removed))
return 1
