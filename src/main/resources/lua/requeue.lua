-- Queues a failed or cancelled job again under a new run. Answers N not found, K done, X refused.
-- ARGV: now, id
local id = ARGV[2]
local s = call('GET', P .. 'j:' .. id)
if not s then return 'N' end
local r = parse(s)
if r.state ~= 'F' and r.state ~= 'C' or r.run >= MOST_RUNS then return 'X' end
local from = NAMES[r.state]
call('ZREM', P .. 'ended', id .. '|' .. from .. '|' .. r.type)
r.run, r.fails, r.lost, r.cancelAt, r.joined = r.run + 1, 0, 0, 0, 0
r.started, r.finished, r.expires, r.wanted, r.outcome = 0, 0, 0, NOW, ''
count('open', 1)
-- A child that runs again is open again for its parent, and not yet among those that have ended.
if r.parent ~= '' and call('EXISTS', P .. 'g:' .. r.parent) == 1 then
  call('HINCRBY', P .. 'g:' .. r.parent, 'open', 1)
  call('LREM', P .. 'gd:' .. r.parent, 1, id)
end
wait_again(id, r, from, 0)
flush()
return 'K'
