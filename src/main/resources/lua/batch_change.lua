-- Cancels a batch, queues its failed rows again, or deletes it with its rows; the rows follow in
-- `batch_walk`. Answers K; N not found; X its state does not allow it; C it is cancelled already.
-- ARGV: now, batch, what: cancel, retry or delete
even_when_full()
local id, what = ARGV[2], ARGV[3]
local key = P .. 'b:' .. id
local b = call('HMGET', key, 'gone', 'finished', 'cancel', 'open', 'n:failed', 'walk',
  'invalid')
if b[1] ~= '0' then return 'N' end
if what == 'cancel' then
  if b[3] == '1' then return 'C' end
  if b[2] ~= '0' then return 'X' end
  call('HSET', key, 'cancel', '1')
elseif what == 'retry' then
  if b[4] == '1' or b[3] == '1' and b[2] == '0' then return 'X' end
  if tonumber(b[5] or '0') <= tonumber(b[7] or '0') then return 'X' end
  reopen_batch(id)
else
  if b[2] == '0' then return 'X' end
  call('HSET', key, 'gone', '1')
  call('ZREM', P .. 'ended', id .. '|batch|')
end
-- Rows that were held until all were in are being let go: those that failed meanwhile come after.
if what == 'retry' and b[6] == 'release' then
  call('HSET', key, 'after', what)
else
  walk(id, what)
end
batch_of(id)
flush()
return 'K'
