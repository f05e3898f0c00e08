-- Lets an attempt lead a piece of work, unless another job does. Answers L it leads, F another job
-- leads, R its lease is lost.
-- ARGV: now, instance, id, lease, work
local instance, id, work = ARGV[2], ARGV[3], ARGV[5]
local entry = call('HGET', P .. 'run:' .. instance, id)
if not entry then return 'R' end
local lease, started, led = entry_of(entry)
if lease ~= ARGV[4] then return 'R' end
local leader = call('GET', P .. 'f:' .. work)
if leader and leader ~= id and call('EXISTS', P .. 'j:' .. leader) == 1 then return 'F' end
if led ~= '' and led ~= work then land(led, id) end
call('SET', P .. 'f:' .. work, id, 'PX', FLIGHT_MS)
call('HSET', P .. 'run:' .. instance, id, lease .. ' ' .. fmt('%d', started) .. ' ' .. work)
flush()
return 'L'
