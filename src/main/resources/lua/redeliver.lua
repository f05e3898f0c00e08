-- Delivers the end of a job or a batch once more, under a new run: where the delivery has ended, well or
-- not, and where it waits for its next try. Answers N no such job or batch, D no such delivery, K queued or
-- under way.
-- ARGV: now, j for a job or b for a batch, id, number of the delivery (from 1)
even_when_full()
if not stands(ARGV[2], ARGV[3]) then return 'N' end
local id = call('LINDEX', P .. 'dl:' .. ARGV[3], tonumber(ARGV[4]) - 1)
local s = id and call('GET', P .. 'j:' .. id)
if not s then return 'D' end
local r = parse(s)
if NAMES[r.state] then
  r.run = math.min(r.run, MOST_RUNS - 1)
  run_again(id, r)
elseif call('ZREM', P .. 'due', id) == 1 then
  r.due, r.wanted = NOW, NOW
  r.run, r.fails, r.lost = math.min(r.run + 1, MOST_RUNS), 0, 0
  put(id, r)
  push(id, r)
  moved(r, 'scheduled', 'queued')
  event(id, 'queued', r, r.starts)
end
flush()
return 'K'
