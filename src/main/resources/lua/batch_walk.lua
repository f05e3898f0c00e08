-- Goes on with what was set about whole batches, some rows in each call, and closes batches whose lines
-- stopped coming. Answers 1 when more is left.
-- ARGV: now, most rows, ttl
even_when_full()
local most, ttl = tonumber(ARGV[2]), tonumber(ARGV[3])
for _, id in ipairs(call('ZRANGEBYSCORE', P .. 'bopen', '-inf', NOW, 'LIMIT', 0, 16)) do
  close_batch(id, 'cut')
end

local id = call('SRANDMEMBER', P .. 'bwalk')
if id then
  local key = P .. 'b:' .. id
  local b = call('HMGET', key, 'walk', 'at', 'after')
  local what, at = b[1], tonumber(b[2] or '0')
  local ids = call('LRANGE', P .. 'bi:' .. id, at, at + most - 1)
  local found = what == 'cancel' and locate(ids) or {}
  for _, row in ipairs(ids) do
    local s = call('GET', P .. 'j:' .. row)
    local r = s and parse(s)
    if not r then
      -- gone already
    elseif what == 'release' then
      if r.state == 'p' and r.due > NOW then
        call('ZADD', P .. 'due', r.due, row)
        moved(r, 'queued', 'scheduled')
      elseif r.state == 'p' then
        push(row, r)
      end
    elseif what == 'cancel' then
      cancel(row, r, found[row], ttl)
    elseif what == 'retry' then
      if r.state == 'F' then requeue(row, r) end
    else
      if not NAMES[r.state] then count('open', -1) end -- of an atomic batch that was given up
      count(r.type .. '|' .. (NAMES[r.state] or 'queued'), -1)
      forget_record(row, r)
    end
  end
  if #ids == most then
    call('HSET', key, 'at', at + most)
  elseif b[3] and b[3] ~= '' then
    walk(id, b[3])
  else
    call('SREM', P .. 'bwalk', id)
    call('HSET', key, 'walk', '')
    if what == 'delete' then
      call('UNLINK', key, P .. 'bi:' .. id, P .. 'bd:' .. id, P .. 'dl:' .. id)
      call('ZREM', P .. 'x:batches', id)
      batches[id] = nil
    else
      batch_of(id).look = true -- none of the rows that were to be queued again may be open by now
    end
  end
end
flush()
return call('EXISTS', P .. 'bwalk')
