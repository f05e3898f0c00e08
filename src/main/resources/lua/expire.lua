-- Deletes what has expired, and marks for `enqueue` when nine tenths of Redis's own limit of memory are
-- in use, whatever uses them. A child stays until its parent has ended; a batch goes with its rows, some
-- in each call of `batch_walk`. Answers how many were deleted.
-- ARGV: now, most
local MARKED_MS, LATER_MS = 3000, 60000

local function parent_is_open(id)
  local group = call('GETRANGE', P .. 'j:' .. id, 80, 106)
  if sub(group, 1, 1) ~= 'p' then return false end
  local parent = sub(group, 2)
  local state = call('GETRANGE', P .. 'j:' .. parent, 1, 1)
  return state == 'p' or state == 'w'
end

local deleted = 0
local members = call('ZRANGEBYSCORE', P .. 'ended', '-inf', NOW, 'LIMIT', 0, tonumber(ARGV[2]))
for _, member in ipairs(members) do
  local id, state, type = string.match(member, '^(.-)|(.-)|(.*)$')
  if state == 'batch' then
    call('ZREM', P .. 'ended', member)
    call('HSET', P .. 'b:' .. id, 'gone', '1')
    walk(id, 'delete')
    deleted = deleted + 1
  elseif parent_is_open(id) then
    call('ZADD', P .. 'ended', NOW + LATER_MS, member)
  else
    forget(id, state, type)
    deleted = deleted + 1
  end
end
flush()

local memory = call('INFO', 'memory')
local limit = tonumber(string.match(memory, 'maxmemory:(%d+)') or '0')
if limit > 0 and tonumber(string.match(memory, 'used_memory:(%d+)')) > 0.9 * limit then
  even_when_full()
  call('SET', P .. 'full', '1', 'PX', MARKED_MS)
else
  call('UNLINK', P .. 'full')
end
return deleted
