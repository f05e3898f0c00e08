-- Queues a failed or cancelled job again under a new run. Answers N not found, K done, X refused.
-- ARGV: now, id
local s = call('GET', P .. 'j:' .. ARGV[2])
if not s then return 'N' end
local r = parse(s)
if r.kind == 'b' and call('HGET', P .. 'b:' .. r.group, 'gone') ~= '0' then return 'N' end
local code = requeue(ARGV[2], r) and 'K' or 'X'
flush()
return code
