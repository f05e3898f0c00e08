-- Put before every script. Gives it its time, the record's form, and the moves that more than one
-- script makes. All keys share the hash tag {tm}; docs/architecture.md lists them.
--
-- ARGV[1] is the caller's instant in milliseconds, which only tests send; empty means Redis's clock.

local P = '{tm}:'
local call, sub, fmt = redis.call, string.sub, string.format

local NOW
if ARGV[1] == '' then
  local t = call('TIME')
  NOW = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
else
  NOW = tonumber(ARGV[1])
end

-- How many attempts a record keeps, how long a parked lane sleeps at most before it is looked at
-- again, how long the event log is, and how many jobs that waited for equal work one call queues.
local KEPT_ATTEMPTS, RECHECK_MS, EVENTS, MOST_LANDED = 50, 5000, 20000, 200

-- The most that their places in a record hold. Beyond, attempts are not numbered on and a job cannot
-- be queued again.
local MOST_STARTS, MOST_RUNS = 999999, 9999

-- ---- the record: a head of fixed width, then nine pieces whose lengths the head tells ----------

local HEAD = 'A%s%s%04d%03d%03d%06d%03d%013d%013d%013d%013d%013d%013d%09d%09d%d%013d%-26s'
    .. '%03d%02d%04d%04d%04d%04d%06d%06d%08d'
local HEAD_SIZE = 199

-- Where the head tells the lengths of type, pool, key, host, tags, options, params, log and outcome.
local LENGTHS = { { 159, 161 }, { 162, 163 }, { 164, 167 }, { 168, 171 }, { 172, 175 }, { 176, 179 },
  { 180, 185 }, { 186, 191 }, { 192, 199 } }

local function length(s, piece)
  return tonumber(sub(s, LENGTHS[piece][1], LENGTHS[piece][2]))
end

-- state: p waits, is due or runs, told by membership; w waits for its children; S F C the ends
-- wanted: since when the job wants the answer of its present attempt; handing it back changes nothing
local function parse(s)
  local n = tonumber
  local r = {
    state = sub(s, 2, 2), prio = sub(s, 3, 3), run = n(sub(s, 4, 7)), fails = n(sub(s, 8, 10)),
    max = n(sub(s, 11, 13)), starts = n(sub(s, 14, 19)), lost = n(sub(s, 20, 22)),
    created = n(sub(s, 23, 35)), due = n(sub(s, 36, 48)), cancelAt = n(sub(s, 49, 61)),
    started = n(sub(s, 62, 74)), finished = n(sub(s, 75, 87)), expires = n(sub(s, 88, 100)),
    timeout = n(sub(s, 101, 109)), backoff = n(sub(s, 110, 118)), joined = n(sub(s, 119, 119)),
    wanted = n(sub(s, 120, 132)), parent = sub(s, 133, 158),
    size = #s,
  }
  if sub(r.parent, 1, 1) == ' ' then r.parent = '' end
  local at = HEAD_SIZE + 1
  local function piece(number)
    local len = length(s, number)
    local text = sub(s, at, at + len - 1)
    at = at + len
    return text
  end
  r.type, r.pool, r.key = piece(1), piece(2), piece(3)
  r.host, r.tags, r.opts = piece(4), piece(5), piece(6)
  r.params, r.log, r.outcome = piece(7), piece(8), piece(9)
  return r
end

local function build(r)
  return fmt(HEAD, r.state, r.prio, r.run, r.fails, r.max, r.starts, r.lost, r.created, r.due,
    r.cancelAt, r.started, r.finished, r.expires, r.timeout, r.backoff, r.joined, r.wanted,
    r.parent,
    #r.type, #r.pool, #r.key, #r.host, #r.tags, #r.opts, #r.params, #r.log, #r.outcome)
    .. r.type .. r.pool .. r.key .. r.host .. r.tags .. r.opts .. r.params .. r.log .. r.outcome
end

-- ---- counts, kept by the scripts that move jobs; written once, at the end of a script ------------

local deltas = {}

local function count(field, by)
  deltas[field] = (deltas[field] or 0) + by
end

local function moved(r, from, to)
  if from then count(r.type .. '|' .. from, -1) end
  if to then count(r.type .. '|' .. to, 1) end
end

local function put(id, r)
  local s = build(r)
  call('SET', P .. 'j:' .. id, s)
  count('bytes', #s - (r.size or 0))
  r.size = #s
end

local function event(id, state, r, attempt)
  call('XADD', P .. 'ev', 'MAXLEN', '~', EVENTS, '*',
    'k', 's', 'id', id, 's', state, 'r', r.run, 'a', attempt)
end

-- ---- lanes: per pool and priority a ring of keys, per key a ring of hosts, per host its jobs -----

local function lane_of(pool, prio, key, host)
  return P .. 'lane:' .. pool .. ':' .. prio .. ':' .. key .. '\n' .. host
end

local function address(pool, prio, key, host)
  return pool .. '\n' .. prio .. '\n' .. key .. '\n' .. host
end

local to_wake = {}

-- A newcomer enters a ring at its front, with the turns of the one that waits longest.
local function enter(ring, member)
  local first = call('ZRANGE', ring, 0, 0, 'WITHSCORES')
  call('ZADD', ring, 'NX', first[2] or '0', member)
  return first[1] == nil
end

local function show_lane(pool, prio, key, host)
  if enter(P .. 'sub:' .. pool .. ':' .. prio .. ':' .. key, host) then
    if enter(P .. 'ring:' .. pool .. ':' .. prio, key) then
      call('ZADD', P .. 'bands:' .. pool, 9 - tonumber(prio), prio)
    end
  end
  to_wake[pool] = true
end

local function hide_lane(pool, prio, key, host)
  local hosts, ring = P .. 'sub:' .. pool .. ':' .. prio .. ':' .. key, P .. 'ring:' .. pool .. ':' .. prio
  call('ZREM', hosts, host)
  if call('EXISTS', hosts) == 0 then
    call('ZREM', ring, key)
    if call('EXISTS', ring) == 0 then call('ZREM', P .. 'bands:' .. pool, prio) end
  end
end

-- A lane whose key or host is at its limit leaves the ring, so that it stands in nobody's way.
local function park(pool, prio, key, host, limit, why, recheck)
  local lane = address(pool, prio, key, host)
  hide_lane(pool, prio, key, host)
  call('ZADD', P .. 'parked', recheck, lane)
  call('HSET', P .. 'parkinfo', lane, why .. '\n' .. limit .. '\n' .. fmt('%d', recheck))
  if why ~= 'time' then call('ZADD', P .. 'pw:' .. limit, NOW, lane) end
end

local function unpark(lane)
  local info = call('HGET', P .. 'parkinfo', lane)
  if not info then return false end
  call('ZREM', P .. 'parked', lane)
  call('HDEL', P .. 'parkinfo', lane)
  local limit = string.match(info, '\n(.-)\n')
  call('ZREM', P .. 'pw:' .. limit, lane)
  local pool, prio, key, host = string.match(lane, '^(.-)\n(.-)\n(.-)\n(.*)$')
  if call('EXISTS', lane_of(pool, prio, key, host)) == 0 then return false end
  show_lane(pool, prio, key, host)
  return true
end

local shown = {}

-- Puts a job among the ready ones. Ids sort by creation, and equal scores sort by member: one that
-- comes back stands where it stood.
local function push(id, r)
  call('ZADD', lane_of(r.pool, r.prio, r.key, r.host), 0, id)
  local lane = address(r.pool, r.prio, r.key, r.host)
  if not shown[lane] then
    shown[lane] = true
    if call('HEXISTS', P .. 'parkinfo', lane) == 0 then show_lane(r.pool, r.prio, r.key, r.host) end
  end
end

local function pull(id, r)
  local key = lane_of(r.pool, r.prio, r.key, r.host)
  local removed = call('ZREM', key, id)
  if removed == 1 and call('EXISTS', key) == 0 then
    if not unpark(address(r.pool, r.prio, r.key, r.host)) then
      hide_lane(r.pool, r.prio, r.key, r.host)
    end
  end
  return removed == 1
end

-- ---- limits ------------------------------------------------------------------------------------

-- What stands in the way of a limit: nil and the places left, or 'full'/'time' and until when.
local function standing(limit, concurrency, interval)
  local v = call('MGET', P .. 'lim:' .. limit, P .. 'nb:' .. limit)
  if v[1] then
    local c, i = string.match(v[1], '^(%d+) (%d+)$')
    concurrency, interval = tonumber(c), tonumber(i)
  end
  if v[2] and tonumber(v[2]) > NOW then return 'time', tonumber(v[2]) end
  if not concurrency then return nil, 1000000, 0 end
  local reserved = P .. 'res:' .. limit
  local used = call('ZCARD', reserved)
  if used >= concurrency then
    if call('ZREMRANGEBYSCORE', reserved, '-inf', NOW) > 0 then used = call('ZCARD', reserved) end
    if used >= concurrency then return 'full', NOW + RECHECK_MS end
  end
  return nil, interval > 0 and 1 or concurrency - used, interval
end

local function reserve(limit, token, until_ms, interval)
  call('ZADD', P .. 'res:' .. limit, until_ms, token)
  if interval > 0 then
    call('SET', P .. 'nb:' .. limit, fmt('%d', NOW + interval), 'PX', interval)
  end
end

-- Gives a place back and lets the lane in that has waited longest for it and still has jobs.
local function free(limit, token)
  if call('ZREM', P .. 'res:' .. limit, token) == 0 then return end
  for _ = 1, 16 do
    local lane = call('ZPOPMIN', P .. 'pw:' .. limit)
    if not lane[1] or unpark(lane[1]) then return end
  end
end

local function free_all(id, r)
  if r.key ~= '' then free('k:' .. r.key, id) end
  if r.host ~= '' then free('h:' .. r.host, id) end
end

-- ---- attempts and ends ---------------------------------------------------------------------------

-- A running job's entry in its instance's hash: lease, when it started, and the work it leads.
local function entry_of(text)
  local lease, started, work = string.match(text, '^(%S+) (%d+) ?(%S*)$')
  return lease, tonumber(started), work
end

-- The lease is kept beside the outcome, so that a call sent twice is told from one that came late.
local function log_attempt(r, instance, started, outcome, lease, err)
  r.starts = math.min(r.starts + 1, MOST_STARTS)
  r.started = started
  local line = r.starts .. '\t' .. instance .. '\t' .. fmt('%d', started) .. '\t' .. fmt('%d', NOW)
      .. '\t' .. outcome .. '\t' .. lease .. '\t' .. err .. '\n'
  r.log = r.log .. line
  if r.starts > KEPT_ATTEMPTS then
    local cut = string.find(r.log, '\n', 1, true)
    r.log = sub(r.log, cut + 1)
  end
end

local function recorded_before(r, lease)
  return string.find(r.log, '\t' .. lease .. '\t', 1, true) ~= nil
end

local NAMES = { S = 'succeeded', F = 'failed', C = 'cancelled' }

-- The parent of the last child to end goes back among the ready jobs.
local function child_ended(id, parent)
  local group = P .. 'g:' .. parent
  if call('EXISTS', group) == 0 then return end
  call('RPUSH', P .. 'gd:' .. parent, id)
  if call('HINCRBY', group, 'open', -1) > 0 or call('HGET', group, 'waiting') ~= '1' then return end
  call('HSET', group, 'waiting', '0')
  local s = call('GET', P .. 'j:' .. parent)
  if not s then return end
  local r = parse(s)
  if r.state ~= 'w' then return end
  r.state, r.due = 'p', NOW
  put(parent, r)
  push(parent, r)
end

-- The end of a job, and all that follows from it. Its record has no expiry of Redis's own: one that
-- went unseen, while no instance runs, would leave its bytes counted and its tags listed for ever.
local function finish(id, r, from, state, outcome, ttl)
  r.state, r.outcome, r.finished, r.expires = state, outcome, NOW, NOW + ttl
  put(id, r)
  call('ZADD', P .. 'ended', r.expires, id .. '|' .. NAMES[state] .. '|' .. r.type)
  moved(r, from, NAMES[state])
  count('open', -1)
  call('UNLINK', P .. 'pg:' .. id, P .. 'c:' .. id)
  event(id, NAMES[state], r, r.starts)
  if r.parent ~= '' then child_ended(id, r.parent) end
  if call('EXISTS', P .. 'g:' .. id) == 1 then
    call('PEXPIRE', P .. 'g:' .. id, ttl)
    call('PEXPIRE', P .. 'gd:' .. id, ttl)
  end
end

-- Back among the waiting, at once or after a while.
local function wait_again(id, r, from, after)
  r.state, r.due = 'p', NOW + after
  put(id, r)
  if after > 0 then
    call('ZADD', P .. 'due', r.due, id)
    moved(r, from, 'scheduled')
    event(id, 'scheduled', r, r.starts)
  else
    push(id, r)
    moved(r, from, 'queued')
    event(id, 'queued', r, r.starts)
  end
end

-- ---- flights: equal work under way, led by one job while others wait for its end ------------------

-- A flight ends with its leader's attempt, which lasts a day at most; its keys go a little later
-- where none of us is left to end it. A follower looks for itself after FOLLOW_MS, should it have been
-- passed over.
local FLIGHT_MS, FOLLOW_MS = 90000000, 30000

-- Ends the log of a job that waits for an equal one.
local FOLLOWS = '\tf\n'

local landed = 0

-- Queues followers of a set, as many as one call may move.
local function queue_followers(set)
  if landed >= MOST_LANDED then return end
  for _, follower in ipairs(call('SPOP', set, MOST_LANDED - landed)) do
    landed = landed + 1
    local s = call('GET', P .. 'j:' .. follower)
    local r = s and parse(s)
    -- It may have been looked at since and wait for something else by now, such as its next attempt.
    if r and sub(r.log, -3) == FOLLOWS and call('ZREM', P .. 'due', follower) == 1 then
      r.joined, r.due = math.min(9, r.joined + 1), NOW
      put(follower, r)
      push(follower, r)
      moved(r, 'scheduled', 'queued')
      event(follower, 'queued', r, r.starts)
    end
  end
end

-- The attempt that led a flight is over, however it ended: those that waited for it are queued. More
-- than one call may move are set aside for `promote`, apart from those that follow the next leader.
local function land(work, id)
  if call('GET', P .. 'f:' .. work) ~= id then return end
  local followers = P .. 'fw:' .. work
  call('UNLINK', P .. 'f:' .. work)
  queue_followers(followers)
  if call('EXISTS', followers) == 1 then
    call('RENAME', followers, P .. 'fl:' .. id)
    call('SADD', P .. 'landing', id)
  end
end

local function drop_entry(id, r, instance, work)
  call('HDEL', P .. 'run:' .. instance, id)
  if r.cancelAt > 0 then call('SREM', P .. 'cx:' .. instance, id) end
  free_all(id, r)
  if work ~= '' then land(work, id) end
end

-- The lease of each (id, lease) pair is compared with what the instance's hash holds; answers the
-- record, its start and the work it leads, or a verdict: 'R' refused, 'A' recorded before by this
-- lease.
local function fenced(instance, id, lease)
  local s = call('GET', P .. 'j:' .. id)
  if not s then return nil, 'R' end
  local entry = call('HGET', P .. 'run:' .. instance, id)
  if entry then
    local held, started, work = entry_of(entry)
    if held == lease then return parse(s), started, work end
  end
  return nil, recorded_before(parse(s), lease) and 'A' or 'R'
end

-- An attempt whose instance is gone, or whose take was never answered. Its lease is not kept: what
-- comes under it later is refused.
local function lose(id, r, instance, entry, max_lost, err, ttl)
  local _, started, work = entry_of(entry)
  drop_entry(id, r, instance, work)
  log_attempt(r, instance, started, 'lost', '', '')
  r.lost = r.lost + 1
  if r.cancelAt > 0 then
    finish(id, r, 'running', 'C', '', ttl)
  elseif r.lost >= max_lost then
    finish(id, r, 'running', 'F', err, ttl)
  else
    wait_again(id, r, 'running', 0)
  end
end

-- ---- outages: while Redis itself is away nobody can beat --------------------------------------------

-- True where no instance has beaten for longer than half a lease: Redis, and not they, was away. Their
-- leases may have run out meanwhile though they live, so that nobody's jobs are taken over until all
-- had the time to beat again: two thirds of a lease. Kept in Redis and on its clock, whoever asks first.
local function mercy(lease)
  local seen = call('HMGET', P .. 'clk', 'beat', 'mercy')
  local last, until_ms = tonumber(seen[1] or '0'), tonumber(seen[2] or '0')
  if NOW - last > lease / 2 then
    until_ms = NOW + math.floor(lease * 2 / 3)
    call('HSET', P .. 'clk', 'beat', fmt('%d', NOW), 'mercy', fmt('%d', until_ms))
  end
  return NOW < until_ms
end

-- ---- reading -------------------------------------------------------------------------------------

local function instances()
  return call('ZRANGE', P .. 'inst', 0, 999)
end

-- For each id the state by membership, and for a running one its instance and entry.
local function locate(ids)
  local found, members = {}, instances()
  if #ids == 0 then return found end
  local due = call('ZMSCORE', P .. 'due', unpack(ids))
  for i, id in ipairs(ids) do
    found[id] = { state = due[i] and 'scheduled' or 'queued' }
  end
  for _, instance in ipairs(members) do
    local entries = call('HMGET', P .. 'run:' .. instance, unpack(ids))
    for i, id in ipairs(ids) do
      if entries[i] then found[id] = { state = 'running', instance = instance, entry = entries[i] } end
    end
  end
  return found
end

local function forget(id, state, type)
  local s = call('GET', P .. 'j:' .. id)
  call('ZREM', P .. 'ended', id .. '|' .. state .. '|' .. type)
  call('ZREM', P .. 'x:all', id)
  call('ZREM', P .. 'x:t:' .. type, id)
  count(type .. '|' .. state, -1)
  if s then
    local r = parse(s)
    count('bytes', -r.size)
    for tag in string.gmatch(r.tags, '[^\n]+') do call('ZREM', P .. 'x:g:' .. tag, id) end
    if sub(r.outcome, 1, 1) == 'B' then
      call('UNLINK', P .. 'o:' .. id .. ':' .. string.match(r.log, '\t([^\t]*)\t[^\t]*\n$'))
    end
  end
  call('UNLINK', P .. 'j:' .. id, P .. 'g:' .. id, P .. 'gd:' .. id)
end

-- ---- the end of every script ---------------------------------------------------------------------

local function flush()
  for field, by in pairs(deltas) do
    if by ~= 0 then call('HINCRBY', P .. 'cnt', field, by) end
  end
  for pool in pairs(to_wake) do
    if call('LLEN', P .. 'wake:' .. pool) == 0 then call('RPUSH', P .. 'wake:' .. pool, '1') end
  end
end
