-- Reads one page of batches, newest first: ids.
-- ARGV: now, ids below this (or empty), most
local below = ARGV[2] == '' and '+' or '(' .. ARGV[2]
return call('ZREVRANGEBYLEX', P .. 'x:batches', below, '-', 'LIMIT', 0, tonumber(ARGV[3]))
