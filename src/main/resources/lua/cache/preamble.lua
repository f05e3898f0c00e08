-- Put before every script of the cache. A shard of a map is two keys in one slot:
-- KEYS[1] hash: fingerprint -> packed entry, and `#` -> bytes of all entries that may expire
-- KEYS[2] sorted set: fingerprint by the instant of its expiry, in ms
-- ARGV[1] is the caller's instant in milliseconds, which only tests send; empty means Redis's clock.

local call, fmt = redis.call, string.format
local E, X = KEYS[1], KEYS[2]

local NOW
if ARGV[1] == '' then
  local t = call('TIME')
  NOW = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
else
  NOW = tonumber(ARGV[1])
end

-- What Redis spends on an entry beyond its packed bytes: both keys' nodes and the fingerprint twice.
local COST = 330

-- Removes an entry and answers the bytes that became free. The first write removes something, so it
-- is carried out also by a Redis that is full.
local function drop(fp)
  local size = call('HSTRLEN', E, fp) + COST
  local known = call('ZREM', X, fp)
  call('HDEL', E, fp)
  if known == 0 then return 0 end
  call('HINCRBY', E, '#', -size)
  return size
end
