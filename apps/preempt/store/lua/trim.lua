-- Removes what every group has been given and has acknowledged: all before the oldest pending entry, and never one
-- that a group has not been given.
local function map(list)
  local found = {}
  for at = 1, #list, 2 do found[list[at]] = list[at + 1] end
  return found
end
local function parts(id)
  local time, number = string.match(id, '(%d+)-(%d+)')
  return tonumber(time), tonumber(number)
end
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local leastTime, leastNumber
for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local of = map(group)
  local pending = redis.call('XPENDING', KEYS[1], of['name'])
  local time, number
  if pending[1] > 0 then
    time, number = parts(pending[2])
  else
    time, number = parts(of['last-delivered-id'])
    number = number + 1
  end
  if leastTime == nil or time < leastTime or (time == leastTime and number < leastNumber) then
    leastTime, leastNumber = time, number
  end
end
if leastTime == nil then return 0 end
return redis.call('XTRIM', KEYS[1], 'MINID', '=', string.format('%.0f-%.0f', leastTime, leastNumber))
