-- Renews an instance's lease and compares what it believes to hold with what is recorded. Answers
-- the ids whose lease it has lost. What stands recorded for longer than the grace without being
-- named was taken in a reply that never arrived, and goes back, uncounted.
-- ARGV: now, instance, lease, grace, ttl, then (id, lease) pairs
local instance, grace = ARGV[2], tonumber(ARGV[4])
local running = P .. 'run:' .. instance
even_when_full()
mercy(tonumber(ARGV[3]))
call('HSET', P .. 'clk', 'beat', fmt('%d', NOW))
call('ZADD', P .. 'inst', NOW + tonumber(ARGV[3]), instance)
local gone, held = {}, {}
for a = 6, #ARGV, 2 do
  local entry = call('HGET', running, ARGV[a])
  if entry and entry_of(entry) == ARGV[a + 1] then
    held[ARGV[a]] = true
  else
    gone[#gone + 1] = ARGV[a]
  end
end
if call('HLEN', running) > (#ARGV - 5) / 2 - #gone then
  local entries = call('HGETALL', running)
  for i = 1, #entries, 2 do
    local _, started = entry_of(entries[i + 1])
    if not held[entries[i]] and started < NOW - grace then
      local s = call('GET', P .. 'j:' .. entries[i])
      if s then
        hand_back(entries[i], parse(s), instance, entries[i + 1], tonumber(ARGV[5]))
      else
        call('HDEL', running, entries[i])
      end
    end
  end
end
flush()
return gone
