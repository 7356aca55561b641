-- Makes a consumer the owner of what others have had for too long, without counting it as a delivery, and says how often
-- each was delivered so far. Of what was trimmed meanwhile only the number is left.
local claimed = redis.call('XAUTOCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], 'COUNT', ARGV[5], 'JUSTID')
local lost = #(claimed[3] or {})
if lost > 0 then redis.call('HINCRBY', KEYS[2], 'lost', lost) end
local pending = {}
for at, id in ipairs(claimed[2]) do
  pending[at] = { id, redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)[1][4] }
end
return { lost, claimed[1], pending }
