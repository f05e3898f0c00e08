-- Leases jobs to an instance. Answers U when the instance is not registered, else 18 values a job.
-- A call sent twice gets the same jobs again.
-- ARGV: now, instance, pool, slots, request id, nonce, host concurrency, host interval
local instance, pool, slots, request, nonce = ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6]
local host_concurrency, host_interval = tonumber(ARGV[7]), tonumber(ARGV[8])
local running, took = P .. 'run:' .. instance, P .. 'took:' .. instance .. ':' .. pool

local lease_end = call('ZSCORE', P .. 'inst', instance)
if not lease_end or tonumber(lease_end) <= NOW then return { 'U' } end

local reply = {}
local function answer(id, r, lease, started)
  local values = { id, lease, r.type, r.params, r.host, r.key, r.run, r.starts + 1, r.fails, r.max,
    r.backoff, r.timeout, fmt('%d', r.created), fmt('%d', r.due), fmt('%d', started),
    r.opts, r.joined, fmt('%d', r.wanted) }
  for _, v in ipairs(values) do reply[#reply + 1] = v end
end

local before = call('GET', took)
if before and sub(before, 1, #request) == request then
  for id in string.gmatch(sub(before, #request + 1), '%S+') do
    local entry, s = call('HGET', running, id), call('GET', P .. 'j:' .. id)
    if entry and s then
      local lease, started = entry_of(entry)
      answer(id, parse(s), lease, started)
    end
  end
  return reply
end

local taken, places = {}, {}

-- Takes from one lane what it may give now; false when it gave nothing and left the ring.
local function serve(prio, key, host, most)
  local why, left, key_interval, interval
  if key ~= '' then
    why, left, key_interval = standing('k:' .. key, nil, 0)
    if why then
      park(pool, prio, key, host, 'k:' .. key, why == 'time' and 'time' or 'key', left)
      return false
    end
    most = math.min(most, left)
  end
  if host ~= '' then
    why, left, interval = standing('h:' .. host, host_concurrency, host_interval)
    if why then
      park(pool, prio, key, host, 'h:' .. host, why == 'time' and 'time' or 'host', left)
      return false
    end
    most = math.min(most, left)
  end
  local lane = lane_of(pool, prio, key, host)
  local popped = call('ZPOPMIN', lane, most)
  for i = 1, #popped, 2 do
    local id = popped[i]
    taken[#taken + 1] = id
    if key ~= '' and call('EXISTS', P .. 'lim:k:' .. key) == 1 then
      reserve('k:' .. key, id, '+inf', key_interval)
    end
    if host ~= '' then reserve('h:' .. host, id, '+inf', interval) end
  end
  if call('EXISTS', lane) == 0 then
    hide_lane(pool, prio, key, host)
  else
    call('ZINCRBY', P .. 'sub:' .. pool .. ':' .. prio .. ':' .. key, #popped / 2, host)
    call('ZINCRBY', P .. 'ring:' .. pool .. ':' .. prio, #popped / 2, key)
  end
  return #popped > 0
end

-- Every eighth turn begins at the lowest priority that waits, so that none starves.
local turn = call('HINCRBY', P .. 'clk', 'turn:' .. pool, slots) - slots
local visits = slots + 64
while #taken < slots and visits > 0 do
  visits = visits - 1
  local bands
  if (turn + #taken) % 8 == 7 then
    bands = call('ZREVRANGE', P .. 'bands:' .. pool, 0, 0)
  else
    bands = call('ZRANGE', P .. 'bands:' .. pool, 0, 0)
  end
  local prio = bands[1]
  if not prio then break end
  local ring = P .. 'ring:' .. pool .. ':' .. prio
  local key = call('ZRANGE', ring, 0, 0)[1]
  local hosts = P .. 'sub:' .. pool .. ':' .. prio .. ':' .. key
  local host = call('ZRANGE', hosts, 0, 0)[1]
  local most = 1
  if call('ZCARD', P .. 'bands:' .. pool) == 1 and call('ZCARD', ring) == 1
      and call('ZCARD', hosts) == 1 then
    most = slots - #taken
  end
  serve(prio, key, host, most)
end

if #taken > 0 then
  local keys = {}
  for i, id in ipairs(taken) do keys[i] = P .. 'j:' .. id end
  local records = call('MGET', unpack(keys))
  local entries, kept = {}, {}
  for i, id in ipairs(taken) do
    local r = records[i] and parse(records[i])
    if r and r.state == 'p' then
      local lease = (r.starts + 1) .. '-' .. nonce .. i
      entries[#entries + 1] = id
      entries[#entries + 1] = lease .. ' ' .. fmt('%d', NOW)
      kept[#kept + 1] = id
      moved(r, 'queued', 'running')
      event(id, 'running', r, r.starts + 1)
      answer(id, r, lease, NOW)
    elseif r then
      free_all(id, r)
    end
  end
  if #entries > 0 then
    call('HSET', running, unpack(entries))
    call('SET', took, request .. ' ' .. table.concat(kept, ' '), 'PX', 30000)
  end
end
-- One waker wakes the next.
if call('EXISTS', P .. 'bands:' .. pool) == 1 then to_wake[pool] = true end
flush()
return reply
