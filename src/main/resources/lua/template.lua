-- Keeps a template. Answers N new, R another was replaced, X there are as many as may be.
-- ARGV: now, name, json, the most there may be
local all, name = P .. 'templates', ARGV[2]
local known = call('HEXISTS', all, name) == 1
if not known and call('HLEN', all) >= tonumber(ARGV[4]) then return 'X' end
call('HSET', all, name, ARGV[3])
return known and 'R' or 'N'
