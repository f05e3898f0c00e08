-- Begins a batch that takes rows. Answers its id; or R and the id, or X, where the Idempotency-Key was
-- used before, with the same or another fingerprint; or B backlog full.
-- ARGV: now, random, type, template, atomic (1/0), ttl, how long without rows until it counts as cut
--       off, options, idempotency key, fingerprint, idempotency ttl, most open jobs, most bytes
local idem = ARGV[9]
local known = idem ~= '' and call('GET', P .. 'idem:' .. idem)
if known and stands('b', sub(known, 1, 26)) then
  if sub(known, 27) ~= ARGV[10] then return 'X' end
  return 'R' .. sub(known, 1, 26)
end
local usage = call('HMGET', P .. 'cnt', 'open', 'bytes')
if tonumber(usage[1] or '0') >= tonumber(ARGV[12]) or tonumber(usage[2] or '0') >= tonumber(ARGV[13])
    or call('EXISTS', P .. 'full') == 1 then
  return 'B'
end
local minted, next_id = mint(1)
local id = next_id(ARGV[2])
call('HSET', P .. 'b:' .. id, 'type', ARGV[3], 'template', ARGV[4], 'atomic', ARGV[5], 'ttl', ARGV[6],
  'opts', ARGV[8], 'created', fmt('%d', minted), 'finished', '0', 'open', '1', 'cancel', '0',
  'truncated', '0', 'gone', '0', 'total', '0', 'left', '0', 'chunk', '0', 'walk', '', 'at', '0')
call('ZADD', P .. 'x:batches', 0, id)
call('ZADD', P .. 'bopen', NOW + tonumber(ARGV[7]), id)
if idem ~= '' then call('SET', P .. 'idem:' .. idem, id .. ARGV[10], 'PX', ARGV[11]) end
flush()
return 'N' .. id
