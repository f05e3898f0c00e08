-- Leases jobs to an instance. Answers U when the instance is not registered; else in how many
-- milliseconds a limit is to be looked at that holds jobs back, or nothing, and when the jobs were
-- taken, then id, lease and record of each. A call sent twice gets the same jobs again.
-- ARGV: now, instance, pool, slots, request id, nonce, host concurrency, host interval, and of how
--       many jobs one goes by age
local instance, pool, slots, request, nonce = ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6]
local host_concurrency, host_interval, ageing = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local running, took = P .. 'run:' .. instance, P .. 'took:' .. instance .. ':' .. pool

-- More than this many bytes are not answered at once, a single job apart; nor are more lanes looked at
-- that turn out to be at a limit, each of which leaves its ring.
local MOST_BYTES, MOST_PARKED = 262144, 64

local lease_end = call('ZSCORE', P .. 'inst', instance)
if not lease_end or tonumber(lease_end) <= NOW then return { 'U' } end

local reply, bytes = { '', NOW_TEXT }, 0

local before = call('GET', took)
if before and sub(before, 1, #request) == request then
  for id in string.gmatch(sub(before, #request + 1), '%S+') do
    local entry, s = call('HGET', running, id), call('GET', P .. 'j:' .. id)
    if entry and s then
      local lease, started = entry_of(entry)
      reply[2] = fmt('%d', started)
      reply[#reply + 1] = id
      reply[#reply + 1] = lease
      reply[#reply + 1] = s
    end
  end
  return reply
end

-- Refused where Redis has no memory left: what is taken would soon need more.
call('HINCRBY', P .. 'clk', 'turn:' .. pool, 0)

local entries, kept, slots_left = {}, {}, slots

-- Starts a job by its record, where it waits.
local function start(id, s)
  local state, run, starts, kind, group, type = glance(s)
  if state ~= 'p' then return false end
  local n = #kept + 1
  local lease = TEXT[starts + 1] .. '-' .. nonce .. TEXT[n]
  kept[n] = id
  entries[2 * n - 1] = id
  entries[2 * n] = lease .. ' ' .. NOW_TEXT
  moved_of(type, kind, group, 'queued', 'running')
  if kind ~= 'b' then tell(id, 'running', run, starts + 1) end
  local last = #reply
  reply[last + 1] = id
  reply[last + 2] = lease
  reply[last + 3] = s
  return true
end

-- Starts the lane's first jobs, as many as asked and as fit into the answer. Answers their ids, and
-- whether the lane has more.
local function start_from(lane, most)
  local ids, passed = {}, 0
  local first = call('ZRANGE', lane, '0', TEXT[most - 1])
  for from = 1, #first, AT_ONCE do
    if bytes >= MOST_BYTES then break end
    local keys = {}
    for i = from, math.min(#first, from + AT_ONCE - 1) do keys[#keys + 1] = P .. 'j:' .. first[i] end
    for i, s in ipairs(call('MGET', unpack(keys))) do
      if bytes >= MOST_BYTES then break end
      passed = passed + 1
      if s and start(first[passed], s) then
        bytes = bytes + #s
        ids[#ids + 1] = first[passed]
      end
    end
  end
  call('ZPOPMIN', lane, TEXT[passed])
  return ids, call('EXISTS', lane) == 1
end

-- What the two limits of a lane leave, or nothing where one of them holds it back.
local function places_of(prio, key, host)
  local most, limits = UNLIMITED, {}
  local function ask(limit, why, concurrency, interval)
    local stands, left, every = standing(limit, concurrency, interval)
    if stands then
      park(pool, prio, key, host, limit, stands == 'time' and stands or why, left)
      call('ZADD', P .. 'ring:' .. pool .. ':' .. prio, 'XX', TEXT[next_in_line(pool)], key)
      return false
    end
    most = math.min(most, left)
    limits[#limits + 1] = { name = limit, left = left, every = every }
    return true
  end
  if key ~= '' and not ask('k:' .. key, 'key', 0, 0) then return end
  if host ~= '' and not ask('h:' .. host, 'host', host_concurrency, host_interval) then return end
  return most, limits
end

-- Starts jobs of one lane and puts it at the end of the line. Answers how many, and whether the
-- pool's rings are as they were but for the order.
local function serve(prio, key, host, most)
  local places, limits = places_of(prio, key, host)
  if not places then return 0, false end
  local ids, same = start_from(lane_of(pool, prio, key, host), math.min(most, places))
  slots_left = slots_left - #ids
  local place = TEXT[next_in_line(pool)]
  if same then
    call('ZADD', P .. 'sub:' .. pool .. ':' .. prio .. ':' .. key, place, host)
  else
    hide_lane(pool, prio, key, host)
  end
  call('ZADD', P .. 'ring:' .. pool .. ':' .. prio, 'XX', place, key)
  for _, limit in ipairs(limits) do
    if #ids > 0 then reserve(limit.name, ids, '+inf', limit.every) end
    local has_places = limit.left > #ids
    if (has_places or limit.every > 0) and call('EXISTS', P .. 'pw:' .. limit.name) == 1 then
      if has_places then
        let_in(limit.name)
        same = false
      else
        local why, till = standing(limit.name, 0, limit.every)
        if why == 'time' then look_again(limit.name, till) end
      end
    end
  end
  return #ids, same
end

-- One job of so many goes to the priority that was passed over for longest, so that none starves: told
-- by the place in line at which each was served last, kept also while it has no work.
local clock = { 'turn:' .. pool }
for prio = 0, 9 do clock[#clock + 1] = 'served:' .. pool .. ':' .. prio end
local known = call('HMGET', P .. 'clk', unpack(clock))
local turn, served, touched = tonumber(known[1] or '0'), {}, {}
for prio = 0, 9 do served[tostring(prio)] = tonumber(known[prio + 2] or '0') end

local bands -- the priorities that have work, the highest first
local function look()
  bands = call('ZRANGE', P .. 'bands:' .. pool, 0, -1)
end

local function next_band()
  local band = bands[1]
  if (turn + #kept + 1) % ageing == 0 then
    for _, other in ipairs(bands) do
      if served[other] < served[band] then band = other end
    end
  end
  return band
end

look()
local visits = slots + MOST_PARKED
while slots_left > 0 and visits > 0 and bands[1] and bytes < MOST_BYTES do
  visits = visits - 1
  local prio = next_band()
  local ring = P .. 'ring:' .. pool .. ':' .. prio
  local keys = call('ZRANGE', ring, '0', '1')
  local key = keys[1]
  local hosts = call('ZRANGE', P .. 'sub:' .. pool .. ':' .. prio .. ':' .. key, '0', '1')
  local alone = not bands[2] and not keys[2] and not hosts[2]
  local started, same = serve(prio, key, hosts[1], alone and slots_left or 1)
  if started > 0 then
    served[prio] = lines[pool]
    touched[prio] = true
  end
  if not same then look() end
end

if #kept > 0 then
  call('HINCRBY', P .. 'clk', 'turn:' .. pool, #kept)
  call('HSET', running, unpack(entries))
  call('SET', took, request .. ' ' .. table.concat(kept, ' '), 'PX', 30000)
  for prio in pairs(touched) do
    call('HSET', P .. 'clk', 'served:' .. pool .. ':' .. prio, fmt('%d', served[prio]))
  end
end
-- One waker wakes the next.
if bands[1] then to_wake[pool] = true end
flush()
if first_look then reply[1] = fmt('%d', math.max(0, first_look - NOW)) end
return reply
