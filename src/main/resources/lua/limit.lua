-- Sets a limit's numbers or takes them away, at once: what waits for it is looked at again. Starts
-- already counted weigh by the new interval from now on. Answers N there was none before, R there was,
-- B there are as many as may be.
-- ARGV: now, limit, numbers (or empty to take away), how long they hold (or empty), most limits
--       without an end
local limit, numbers, ttl = ARGV[2], ARGV[3], ARGV[4]
local key, lasting = P .. 'lim:' .. limit, P .. 'limits'
local before = call('GET', key)

-- How far the starts so far have moved `tat` ahead, in intervals of old and new.
local function weigh_anew(interval)
  local _, old = numbers_of(before)
  local tat = tonumber(call('GET', P .. 'tat:' .. limit) or '0')
  if old == 0 or tat <= MICROS then return end
  if interval == 0 then
    call('UNLINK', P .. 'tat:' .. limit)
  else
    keep_tat(limit, MICROS + math.ceil((tat - MICROS) * (interval / old)))
  end
end

if numbers == '' then
  call('UNLINK', key, P .. 'tat:' .. limit)
  call('SREM', lasting, limit)
elseif ttl ~= '' then
  if before then weigh_anew(select(2, numbers_of(numbers))) end
  call('SET', key, numbers, 'PX', ttl)
else
  if not before and call('SCARD', lasting) >= tonumber(ARGV[5]) then return 'B' end
  if before then weigh_anew(select(2, numbers_of(numbers))) end
  call('SET', key, numbers)
  call('SADD', lasting, limit)
end
let_in(limit)
flush()
return before and 'R' or 'N'
