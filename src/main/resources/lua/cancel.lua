-- Cancels a job that waits, or asks the instance that runs it to stop it. Answers N not found,
-- C cancelled, Q asked, F ended otherwise before.
-- ARGV: now, id, ttl
local id = ARGV[2]
local s = call('GET', P .. 'j:' .. id)
if not s then return 'N' end
local answer = cancel(id, parse(s), locate({ id })[id], tonumber(ARGV[3]))
flush()
return answer
