-- Keeps an entry. Drops up to 100 that have expired, then those that expire soonest, up to 1000, until
-- the shard's budget holds; does not keep the entry where that is not enough. Who replaces tells it.
-- Answers 1 kept or 0 not, and how many living entries had to go.
-- ARGV: now, fingerprint, entry, ttl, budget, channel
local fp, entry, ttl, budget = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
if call('ZCARD', X) == 0 then call('UNLINK', E) end -- whatever is left there can never expire
for _, old in ipairs(call('ZRANGEBYSCORE', X, '-inf', NOW, 'LIMIT', 0, 100)) do drop(old) end

local replaced = call('HEXISTS', E, fp) == 1
if replaced then
  drop(fp)
  call('PUBLISH', ARGV[6], fp)
end

local need, evicted = #entry + COST, 0
local bytes = tonumber(call('HGET', E, '#') or '0')
while bytes + need > budget and evicted < 1000 do
  local soonest = call('ZRANGE', X, 0, 0)[1]
  if not soonest then break end
  bytes = bytes - drop(soonest)
  evicted = evicted + 1
end
if bytes + need > budget then return {0, evicted} end

call('HSET', E, fp, entry)
call('HINCRBY', E, '#', need)
call('ZADD', X, fmt('%d', NOW + ttl), fp)
-- A shard that nobody writes to any more goes by itself, a minute after its last entry.
local longest = tonumber(call('ZRANGE', X, -1, -1, 'WITHSCORES')[2]) - NOW + 60000
call('PEXPIRE', X, fmt('%d', longest))
call('PEXPIRE', E, fmt('%d', longest))
return {1, evicted}
