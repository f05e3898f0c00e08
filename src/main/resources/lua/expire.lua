-- Deletes what has expired. Answers how many.
-- ARGV: now, most
local members = call('ZRANGEBYSCORE', P .. 'ended', '-inf', NOW, 'LIMIT', 0, tonumber(ARGV[2]))
for _, member in ipairs(members) do
  local id, state, type = string.match(member, '^(.-)|(.-)|(.*)$')
  forget(id, state, type)
end
flush()
return #members
