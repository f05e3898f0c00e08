-- Keeps an attempt's checkpoint, fenced. Answers K, or R when the lease is lost.
-- ARGV: now, instance, id, lease, state
local r = fenced(ARGV[2], ARGV[3], ARGV[4])
if not r then return 'R' end
has_beside(ARGV[3])
call('SET', P .. 'c:' .. ARGV[3], ARGV[5], 'PX', 7 * 86400000)
return 'K'
