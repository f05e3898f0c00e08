-- Cancels a job that waits, or asks the instance that runs it to stop it. Answers N not found,
-- C cancelled, Q asked, F ended otherwise before.
-- ARGV: now, id, ttl
local id = ARGV[2]
local s = call('GET', P .. 'j:' .. id)
if not s then return 'N' end
local r = parse(s)
if r.state == 'C' then return 'C' end
if NAMES[r.state] then return 'F' end
local ttl = tonumber(ARGV[3])
local where = locate({ id })[id]
if r.state ~= 'w' and where.state == 'running' then
  if r.cancelAt == 0 then
    r.cancelAt = NOW
    put(id, r)
    call('SADD', P .. 'cx:' .. where.instance, id)
    event(id, 'running', r, r.starts + 1)
  end
  flush()
  return 'Q'
end
r.cancelAt = NOW
if r.state == 'p' and call('ZREM', P .. 'due', id) == 0 then pull(id, r) end
finish(id, r, where.state, 'C', '', ttl)
flush()
return 'C'
