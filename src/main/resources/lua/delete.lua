-- Deletes a job that has ended. Answers N not found, K done, X not ended, or a
-- row of a batch, which goes with it.
-- ARGV: now, id
local s = call('GET', P .. 'j:' .. ARGV[2])
if not s then return 'N' end
local r = parse(s)
if not NAMES[r.state] or r.kind == 'b' then return 'X' end
forget(ARGV[2], NAMES[r.state], r.type)
flush()
return 'K'
