-- Reads a batch. Answers nothing, or: type, template, created, finished, expires, open, cancel,
-- truncated, total, how many ends are logged, the counts in the order of the states, and the ids of its
-- newest deliveries, apart by spaces.
-- ARGV: now, batch
local key = P .. 'b:' .. ARGV[2]
local b = call('HMGET', key, 'type', 'template', 'created', 'finished', 'ttl', 'open', 'cancel', 'truncated',
  'total', 'gone', 'n:scheduled', 'n:queued', 'n:running', 'n:succeeded', 'n:failed', 'n:cancelled', 'opts')
if b[10] ~= '0' then return {} end
local expires = b[4] == '0' and '0' or fmt('%d', tonumber(b[4]) + tonumber(b[5]))
local reply = { b[1], b[2], b[3], b[4], expires, b[6], b[7], b[8], b[9],
  fmt('%d', call('LLEN', P .. 'bd:' .. ARGV[2])) }
for i = 11, 16 do reply[#reply + 1] = b[i] or '0' end
reply[#reply + 1] = sub(b[17] or '', 1, 1) == 'H'
    and table.concat(call('LRANGE', P .. 'dl:' .. ARGV[2], -20, -1), ' ') or ''
return reply
