-- Deletes what has expired; a batch goes with its rows, some in each call. Answers how many jobs and
-- batches were looked at.
-- ARGV: now, most
local members = call('ZRANGEBYSCORE', P .. 'ended', '-inf', NOW, 'LIMIT', 0, tonumber(ARGV[2]))
for _, member in ipairs(members) do
  local id, state, type = string.match(member, '^(.-)|(.-)|(.*)$')
  if state == 'batch' then
    call('ZREM', P .. 'ended', member)
    call('HSET', P .. 'b:' .. id, 'gone', '1')
    walk(id, 'delete')
  else
    forget(id, state, type)
  end
end
flush()
return #members
