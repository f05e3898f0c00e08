-- Cancels one job. Answers N not found, C cancelled, Q asked to stop, F ended otherwise before.
-- ARGV: now, id, ttl
local id = ARGV[2]
even_when_full()
local s = call('GET', P .. 'j:' .. id)
if not s then return 'N' end
local r = parse(s)
local code = cancel(id, r, locate({ id })[id], tonumber(ARGV[3]))
flush()
if code == 'A' then return r.state == 'C' and 'C' or 'Q' end
return code
