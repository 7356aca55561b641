-- Delivers the next entries of the stream to a consumer, and counts those that were trimmed before anybody got them.
-- Redis numbers no entries; but entries leave a stream at its head only, so the first one has the number after all that
-- were removed, and the ledger knows the number of the last one that was delivered. In a script, since between the look
-- and the delivery nobody may add, trim or deliver.
local function map(list)
  local found = {}
  for at = 1, #list, 2 do found[list[at]] = list[at + 1] end
  return found
end
local function later(one, other)
  local time, number = string.match(one, '(%d+)-(%d+)')
  local otherTime, otherNumber = string.match(other, '(%d+)-(%d+)')
  if time ~= otherTime then return tonumber(time) > tonumber(otherTime) end
  return tonumber(number) > tonumber(otherNumber)
end
local last
if redis.call('EXISTS', KEYS[1]) == 1 then
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local of = map(group)
    if of['name'] == ARGV[1] then last = of['last-delivered-id'] end
  end
end
if last == nil then return redis.error_reply('NOGROUP the stream or its group is gone') end
local stream = map(redis.call('XINFO', 'STREAM', KEYS[1]))
local position = tonumber(redis.call('HGET', KEYS[2], 'position') or '0')
local removed = stream['entries-added'] - stream['length']
local first = stream['first-entry']
local lost = 0
-- Where an entry that was delivered is still there, none behind it was trimmed.
if removed > position and (not first or later(first[1], last)) then
  lost = removed - position
  position = removed
end
-- The ledger is written after it: a Redis that is full lets a script go on that has begun to write.
local read = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', ARGV[3], 'STREAMS', KEYS[1], '>')
local entries = {}
if read then entries = read[1][2] end
if lost > 0 then redis.call('HINCRBY', KEYS[2], 'lost', lost) end
if lost > 0 or #entries > 0 then redis.call('HSET', KEYS[2], 'position', position + #entries) end
if #entries > 0 then last = entries[#entries][1] end
return { lost, last, entries }
