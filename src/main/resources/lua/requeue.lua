-- Queues a failed or cancelled job again under a new run. Answers N not found, K done, X refused.
-- ARGV: now, id
local id = ARGV[2]
local s = call('GET', P .. 'j:' .. id)
if not s then return 'N' end
local r = parse(s)
if r.kind == 'b' and call('HGET', P .. 'b:' .. r.group, 'gone') ~= '0' then return 'N' end
if not may_run_again(r) then return 'X' end
requeue(id, r)
flush()
return 'K'
