-- Takes entries that are pending, whoever has them, and says how often each was delivered by now. One that is pending
-- and not in the stream any more was trimmed before it was stored: it is counted in the ledger.
local entries = {}
local lost = 0
for at = 3, #ARGV do
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[at], ARGV[at], 1)
  if #pending > 0 then
    local claimed = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[at])
    if #claimed > 0 then
      entries[#entries + 1] = { ARGV[at], claimed[1][2], pending[1][4] + 1 }
    else
      lost = lost + 1
    end
  end
end
if lost > 0 then redis.call('HINCRBY', KEYS[2], 'lost', lost) end
return { lost, entries }
