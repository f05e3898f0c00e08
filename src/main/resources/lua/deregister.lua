-- Ends an instance's registration. What it still holds goes back among the ready jobs, uncounted.
-- Answers how many are left for another call.
-- ARGV: now, instance, most jobs, ttl
local instance, most, ttl = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local running = P .. 'run:' .. instance
even_when_full()
local entries = call('HSCAN', running, 0, 'COUNT', most)[2]
for i = 1, math.min(#entries, 2 * most), 2 do
  local id = entries[i]
  local s = call('GET', P .. 'j:' .. id)
  if s then
    hand_back(id, parse(s), instance, entries[i + 1], ttl)
  else
    call('HDEL', running, id)
  end
end
local left = call('HLEN', running)
if left == 0 then
  call('ZREM', P .. 'inst', instance)
  call('UNLINK', P .. 'cx:' .. instance)
end
flush()
return left
