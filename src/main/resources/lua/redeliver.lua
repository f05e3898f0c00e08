-- Delivers the end of a job once more: under a new run where the delivery has ended, well or not; at once
-- where it waits for its next try. Answers N no such job, D no such delivery, K done or under way.
-- ARGV: now, job, number of the delivery (from 1)
even_when_full()
if call('EXISTS', P .. 'j:' .. ARGV[2]) == 0 then return 'N' end
local id = call('LINDEX', P .. 'dl:' .. ARGV[2], tonumber(ARGV[3]) - 1)
local s = id and call('GET', P .. 'j:' .. id)
if not s then return 'D' end
local r = parse(s)
if NAMES[r.state] then
  if r.run < MOST_RUNS then run_again(id, r) end
elseif call('ZREM', P .. 'due', id) == 1 then
  r.due, r.wanted = NOW, NOW
  put(id, r)
  push(id, r)
  moved(r, 'scheduled', 'queued')
  event(id, 'queued', r, r.starts)
end
flush()
return 'K'
