-- Reserves a place at a limit for something that is not a job's own. Answers 0 when granted, else
-- how many milliseconds to wait before asking again.
-- ARGV: now, limit, token, lease, default concurrency and interval (0 for none)
local limit, token = ARGV[2], ARGV[3]
if call('ZSCORE', P .. 'res:' .. limit, token) then return 0 end
local why, left, interval = standing(limit, tonumber(ARGV[5]), tonumber(ARGV[6]))
if why == 'time' then return math.max(1, left - NOW) end
if why == 'full' then return 250 end
reserve(limit, { token }, NOW + tonumber(ARGV[4]), interval)
return 0
