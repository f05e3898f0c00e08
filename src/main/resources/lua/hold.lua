-- Nothing of a limit starts before now plus a pause; a longer pause already set stays.
-- ARGV: now, limit, pause
local key, until_ms = P .. 'nb:' .. ARGV[2], NOW + tonumber(ARGV[3])
local set = tonumber(call('GET', key) or '0')
if until_ms > set then call('SET', key, fmt('%d', until_ms), 'PX', ARGV[3]) end
return 'K'
