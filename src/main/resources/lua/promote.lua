-- Moves jobs whose time has come among the ready ones, those too whose equal work has ended, and looks
-- again at limits that hold lanes back. Answers in how many milliseconds the next of these is due, or
-- -1.
-- ARGV: now, most, host concurrency, host interval
even_when_full() -- what is due does not wait for room, nor what comes after this in a round
local most, host_concurrency, host_interval = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
for _, id in ipairs(call('ZRANGEBYSCORE', P .. 'due', '-inf', NOW, 'LIMIT', 0, most)) do
  call('ZREM', P .. 'due', id)
  local s = call('GET', P .. 'j:' .. id)
  if s then
    local r = parse(s)
    push(id, r)
    moved(r, 'scheduled', 'queued')
    event(id, 'queued', r, r.starts)
  end
end
for _, limit in ipairs(call('ZRANGEBYSCORE', P .. 'parked', '-inf', NOW, 'LIMIT', 0, most)) do
  local of_host = sub(limit, 1, 1) == 'h'
  local why, till = standing(limit, of_host and host_concurrency or 0, of_host and host_interval or 0)
  if not why then let_in(limit) end
  if call('EXISTS', P .. 'pw:' .. limit) == 1 then
    look_again(limit, why == 'time' and till or NOW + RECHECK_MS)
  else
    call('ZREM', P .. 'parked', limit)
  end
end
for _, id in ipairs(call('SRANDMEMBER', P .. 'landing', 16)) do
  queue_followers(P .. 'fl:' .. id)
  if call('EXISTS', P .. 'fl:' .. id) == 0 then call('SREM', P .. 'landing', id) end
end
flush()
if call('EXISTS', P .. 'landing') == 1 then return 0 end
local due = call('ZRANGE', P .. 'due', 0, 0, 'WITHSCORES')[2] or ''
local parked = call('ZRANGE', P .. 'parked', 0, 0, 'WITHSCORES')[2] or ''
local next = math.min(tonumber(due) or math.huge, tonumber(parked) or math.huge)
return next == math.huge and -1 or math.max(0, next - NOW)
