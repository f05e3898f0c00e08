-- Put before every script. Gives it its time, the record's form, and the moves that more than one
-- script makes. All keys share the hash tag {tm}; docs/queue.md lists them.
--
-- ARGV[1] is the caller's instant in milliseconds, which only tests send; empty means Redis's clock.

local P = '{tm}:'
local call, sub, fmt = redis.call, string.sub, string.format

local NOW, MICROS
if ARGV[1] == '' then
  local t = call('TIME')
  MICROS = tonumber(t[1]) * 1000000 + tonumber(t[2])
else
  MICROS = tonumber(ARGV[1]) * 1000
end
NOW = math.floor(MICROS / 1000)
local NOW_TEXT = fmt('%d', NOW)

-- Whole numbers as text. Left to itself Redis prints each as a fraction of 17 digits, which takes longer
-- than most commands.
local TEXT = setmetatable({}, { __index = function(known, number)
  local text = fmt('%d', number)
  known[number] = text
  return text
end })

-- How many attempts a record keeps, how long a limit that has lanes waiting goes without a look at
-- most, how long the event log is, and how many jobs that waited for equal work one call queues.
local KEPT_ATTEMPTS, RECHECK_MS, EVENTS, MOST_LANDED = 50, 5000, '20000', 200

-- The most that their places in a record hold. Beyond, attempts are not numbered on and a job cannot
-- be queued again.
local MOST_STARTS, MOST_RUNS = 999999, 9999

-- All that follows, the script too, stands in one function that this one calls, so that what is above is
-- handed to each function by what encloses it; else Lua would look for it in a list of all locals each time
-- a function is made, which took half of a small call. The end of it is put behind the script.
return (function()

-- ---- the record: a head of fixed width, then nine pieces whose lengths the head tells ----------

-- state: p waits, is due or runs, told by membership; w waits for its children; S F C the ends
-- wanted: since when the job wants the answer of its present attempt; handing it back changes nothing
-- group: the job that spawned it (kind p) or the batch it is a row of (kind b, with its index)
--
-- By Redis's struct library, big-endian, from the second byte on: state, prio, run, fails, max, starts,
-- lost, created, due, cancelAt, started, finished, expires, timeout, backoff, joined, wanted, kind, group,
-- index, and the lengths of type, pool, key, host, tags, options, params, log and outcome. The class
-- PackedRecord reads the same. The last byte of all is salt: Lua's table of strings goes by some of a
-- long string's bytes only, the last of them always, and would have like records stand in one place.
local FORM, PIECES, VERSION = '>c1c1HHHIHddddddIIBd', '>HHHHHHIII', 'C'
local HEAD_SIZE, GROUP_AT, PIECES_AT, PARAMS_AT, LOG_AT = 135, 81, 112, 124, 128
local NO_GROUP = string.rep(' ', 26)
local pack, unpacked = struct.pack, struct.unpack

-- What most scripts ask of a record: state, run, starts, cancelAt, kind, group and lengths up to the log.
local OFTEN = '>c1xHxxxxIxx' .. string.rep('x', 16) .. 'd' .. string.rep('x', 41) .. 'c1c26xxxxHHHHHHII'

-- The rest of it is read when it is asked for: numbers by form and place, and texts.
local NUMBER = {
  prio = '>c1', fails = '>H', max = '>H', lost = '>H', created = '>d', due = '>d', started = '>d',
  finished = '>d', expires = '>d', timeout = '>I', backoff = '>I', joined = '>B', wanted = '>d', index = '>I',
}
local PLACE = {
  prio = 3, fails = 6, max = 8, lost = 14, created = 16, due = 24, started = 40, finished = 48, expires = 56,
  timeout = 64, backoff = 68, joined = 72, wanted = 73, index = 108,
}
local CUT = {
  pool = function(s)
    local type, pool = unpacked('>HH', s, PIECES_AT)
    return sub(s, HEAD_SIZE + type + 1, HEAD_SIZE + type + pool)
  end,
  tags = function(s)
    local type, pool, key, host, tags = unpacked('>HHHHH', s, PIECES_AT)
    local at = HEAD_SIZE + type + pool + key + host
    return sub(s, at + 1, at + tags)
  end,
  params = function(s, log_at)
    return sub(s, log_at - unpacked('>I', s, PARAMS_AT), log_at - 1)
  end,
  log = function(s, log_at, outcome_at) return sub(s, log_at, outcome_at - 1) end,
  outcome = function(s, _, outcome_at) return sub(s, outcome_at, -2) end,
}
local RECORD = {
  __index = function(r, name)
    local form, cut, value = NUMBER[name], CUT[name], nil
    if form then
      value = unpacked(form, r.s, PLACE[name])
    elseif cut then
      value = cut(r.s, r.log_at, r.outcome_at)
    end
    r[name] = value
    return value
  end,
}

-- A record's values; `s` is the record itself, as it was read.
local function parse(s)
  local state, run, starts, cancelAt, kind, group, type, pool, key, host, tags, opts, params, log =
    unpacked(OFTEN, s, 2)
  pool = HEAD_SIZE + type + pool
  key = pool + key
  host = key + host
  tags = host + tags
  opts = tags + opts
  params = opts + params + 1
  if kind == ' ' then kind, group = '', '' end
  return setmetatable({
    s = s, size = #s, log_at = params, outcome_at = params + log, state = state, run = run, starts = starts,
    cancelAt = cancelAt, kind = kind, group = group, type = sub(s, HEAD_SIZE + 1, HEAD_SIZE + type),
    key = sub(s, pool + 1, key), host = sub(s, key + 1, host), opts = sub(s, tags + 1, opts),
  }, RECORD)
end

local function head_of(r)
  return pack(FORM, r.state, r.prio, r.run, r.fails, r.max, r.starts, r.lost, r.created, r.due, r.cancelAt,
    r.started, r.finished, r.expires, r.timeout, r.backoff, r.joined, r.wanted)
end

-- An ended attempt changes these alone; a job that is to run again changes others of its head too, and
-- whatever is changed has been read or set by then.
local function changed_head_of(r, s)
  if rawget(r, 'fails') or rawget(r, 'lost') or rawget(r, 'due') or rawget(r, 'joined')
      or rawget(r, 'wanted') then
    return head_of(r)
  end
  return r.state .. sub(s, 3, 9) .. pack('>I', r.starts) .. sub(s, 14, 31)
      .. pack('>dddd', r.cancelAt, r.started, r.finished, r.expires) .. sub(s, 64, 80)
end

-- What belongs to the job itself, from its kind to its params, never changes once it is written.
local function build(r)
  local s, log, outcome = r.s, r.log, r.outcome
  if s then
    return VERSION .. changed_head_of(r, s) .. sub(s, GROUP_AT, LOG_AT - 1) .. pack('>II', #log, #outcome)
        .. sub(s, HEAD_SIZE + 1, r.log_at - 1) .. log .. outcome .. sub(s, -1)
  end
  local none = r.kind == ''
  return VERSION .. head_of(r) .. pack('>c1c26I', none and ' ' or r.kind, none and NO_GROUP or r.group, r.index)
      .. pack(PIECES, #r.type, #r.pool, #r.key, #r.host, #r.tags, #r.opts, #r.params, #log, #outcome)
      .. r.type .. r.pool .. r.key .. r.host .. r.tags .. r.opts .. r.params .. log .. outcome .. r.salt
end

-- Of a record what its taking asks for, without a look at the rest.
local function glance(s)
  local state, _, run, _, _, starts = unpacked('>c1c1HHHI', s, 2)
  local kind, group = unpacked('>c1c26', s, GROUP_AT)
  return state, run, starts, kind, group, sub(s, HEAD_SIZE + 1, HEAD_SIZE + unpacked('>H', s, PIECES_AT))
end

-- A job's state and type, from so much of its record as holds them.
local TYPE_CHARS = 100
local function told_by_head(id)
  local s = call('GETRANGE', P .. 'j:' .. id, 0, HEAD_SIZE + TYPE_CHARS - 1)
  if s == '' then return end
  return sub(s, 2, 2), sub(s, HEAD_SIZE + 1, HEAD_SIZE + unpacked('>H', s, PIECES_AT))
end

-- Since when a job has been ready, or is to be; nothing where there is none.
local function due_of(id)
  local s = call('GETRANGE', P .. 'j:' .. id, 23, 30)
  return s ~= '' and unpacked('>d', s) or nil
end

-- ---- what a script collects and writes once, at its end ------------------------------------------

-- Jobs that have ended, how long they stay, and when which expires.
local ended, ended_ttl, expiries = {}, 0, {}

-- Jobs under way that have something beside their record: progress, a checkpoint or children. Few have,
-- so that one look at this set spares the looks at each.
local function has_beside(id)
  call('SADD', P .. 'beside', id)
end

-- ---- counts, kept by the scripts that move jobs; written once, at the end of a script ------------

local deltas = {}

local function count(field, by)
  deltas[field] = (deltas[field] or 0) + by
end

-- What the script did to rows of batches, by batch: counts by state, and the log of rows that ended.
local batches = {}

local function batch_of(id)
  batches[id] = batches[id] or { counts = {}, log = {} }
  return batches[id]
end

-- A job of this type, and of this batch if it is a row, stands no more here but there.
local function moved_of(type, kind, group, from, to)
  if from then count(type .. '|' .. from, -1) end
  if to then count(type .. '|' .. to, 1) end
  if kind == 'b' then
    local counts = batch_of(group).counts
    if from then counts[from] = (counts[from] or 0) - 1 end
    if to then counts[to] = (counts[to] or 0) + 1 end
  end
end

local function moved(r, from, to)
  moved_of(r.type, r.kind, r.group, from, to)
end

-- What a job takes beside its record: its key, its places in indexes and lanes, and what they cost.
local BESIDE = 600

-- Records that are written together, at the end of a script or where they are many bytes.
local unwritten, by_id, unwritten_bytes, MOST_UNWRITTEN = {}, {}, 0, 262144

local function write_records()
  if #unwritten > 0 then call('MSET', unpack(unwritten)) end
  unwritten, by_id, unwritten_bytes = {}, {}, 0
end

local function put_with_others(id, r)
  local s = build(r)
  local n = #unwritten
  unwritten[n + 1] = P .. 'j:' .. id
  unwritten[n + 2] = s
  by_id[id] = s
  unwritten_bytes = unwritten_bytes + #s
  count('bytes', #s - (r.size or -BESIDE))
  r.size = #s
  if unwritten_bytes > MOST_UNWRITTEN then write_records() end
end

-- Writes a record at once; what is still to be written of it must not come after.
local function put(id, r)
  if by_id[id] then write_records() end
  local s = build(r)
  call('SET', P .. 'j:' .. id, s)
  count('bytes', #s - (r.size or -BESIDE))
  r.size = #s
end

-- A record as it stands, or is about to.
local function record_of(id)
  return by_id[id] or call('GET', P .. 'j:' .. id)
end

-- The bytes of a result that stands apart from its record.
local function apart(outcome)
  if sub(outcome, 1, 1) ~= 'B' then return 0 end
  return tonumber(string.match(outcome, '^B[^\n]*\n[^\n]*\n(%d+)\n') or '0')
end

-- A script that must go on where Redis has no memory left begins with this: after any command that
-- writes, even to nothing, Redis refuses none of the others, which would leave half of a change.
local function even_when_full()
  call('UNLINK', P .. 'nothing')
end

-- Events of several jobs make one entry of the log, of each job one, so that a reader who goes on after an
-- entry has missed none.
local telling, told_of, MOST_TOLD = {}, {}, 16

local function write_events()
  if #telling == 0 then return end
  call('XADD', P .. 'ev', 'MAXLEN', '~', EVENTS, '*', 'k', 's', 'e', table.concat(telling, '\n'))
  telling, told_of = {}, {}
end

local function tell(id, state, run, attempt)
  if told_of[id] or #telling == MOST_TOLD then write_events() end
  told_of[id] = true
  telling[#telling + 1] = id .. ' ' .. state .. ' ' .. TEXT[run] .. ' ' .. TEXT[attempt]
end

-- A row of a batch writes none of its own: its batch tells once a call that rows have moved.
local function event(id, state, r, attempt)
  if r.kind ~= 'b' then tell(id, state, r.run, attempt) end
end

-- ---- lanes: per pool and priority a ring of keys, per key a ring of hosts, per host its jobs -----

local function lane_of(pool, prio, key, host)
  return P .. 'lane:' .. pool .. ':' .. prio .. ':' .. key .. '\n' .. host
end

local function address(pool, prio, key, host)
  return pool .. '\n' .. prio .. '\n' .. key .. '\n' .. host
end

local to_wake = {}

-- Places in a pool's line are counted up and never given twice, so that whoever comes, or comes back,
-- stands behind all that wait; written once, at the end of a script.
local lines = {}

local function next_in_line(pool)
  local last = lines[pool] or tonumber(call('HGET', P .. 'clk', 'line:' .. pool) or '0')
  lines[pool] = last + 1
  return last + 1
end

local function show_lane(pool, prio, key, host)
  local place = TEXT[next_in_line(pool)]
  call('ZADD', P .. 'sub:' .. pool .. ':' .. prio .. ':' .. key, 'NX', place, host)
  call('ZADD', P .. 'ring:' .. pool .. ':' .. prio, 'NX', place, key)
  call('ZADD', P .. 'bands:' .. pool, 9 - tonumber(prio), prio)
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

-- ---- lanes that a limit holds back: out of the rings, so that they stand in nobody's way -----------

-- One place that comes free lets one lane in: the one whose first job has waited longest, a level of
-- priority counting like a second of waiting.
local LEVEL_MS = 1000

-- When a limit that has lanes waiting is looked at again, whatever happens until then; and when the
-- first of those is that a script has set a time for.
local first_look

local function look_again(limit, at)
  call('ZADD', P .. 'parked', at, limit)
  first_look = math.min(first_look or at, at)
end

-- why: key or host, with the concurrency that is used up; time, with when the next may start.
local function park(pool, prio, key, host, limit, why, number)
  local lane = address(pool, prio, key, host)
  hide_lane(pool, prio, key, host)
  call('HSET', P .. 'parkinfo', lane, why .. '\n' .. limit .. '\n' .. fmt('%d', number))
  local first = call('ZRANGE', lane_of(pool, prio, key, host), 0, 0)[1]
  local due = first and due_of(first) or NOW
  call('ZADD', P .. 'pw:' .. limit, due - tonumber(prio) * LEVEL_MS, lane)
  look_again(limit, why == 'time' and number or NOW + RECHECK_MS)
end

-- Puts a lane back into its rings; false when it has no jobs.
local function unpark(lane)
  local info = call('HGET', P .. 'parkinfo', lane)
  if not info then return false end
  call('HDEL', P .. 'parkinfo', lane)
  call('ZREM', P .. 'pw:' .. string.match(info, '\n(.-)\n'), lane)
  local pool, prio, key, host = string.match(lane, '^(.-)\n(.-)\n(.-)\n(.*)$')
  if call('EXISTS', lane_of(pool, prio, key, host)) == 0 then return false end
  show_lane(pool, prio, key, host)
  return true
end

-- Lets the lane in whose turn at the limit it is. Where `take` finds places left after it has served
-- that lane it lets in the next, so that a limit set higher fills up at once.
local function let_in(limit)
  for _ = 1, 16 do
    local lane = call('ZPOPMIN', P .. 'pw:' .. limit)[1]
    if not lane or unpark(lane) then return end
  end
end

local seen = {}

-- The job's lane, into which so many have just been put, is in its rings, unless it is parked.
local function show_ready(r, lane, added)
  if seen[lane] then return end
  seen[lane] = true
  if call('ZCARD', lane) == added then
    show_lane(r.pool, r.prio, r.key, r.host)
  elseif call('HEXISTS', P .. 'parkinfo', address(r.pool, r.prio, r.key, r.host)) == 0 then
    to_wake[r.pool] = true
  end
end

-- Jobs that are put among the ready ones together, at the end of a script: their lanes, by key and in the
-- order they came.
local filling, last_filled = {}, nil

local function push_with_others(id, r)
  local into = last_filled
  if not into or into.host ~= r.host or into.key ~= r.key or into.prio ~= r.prio or into.pool ~= r.pool then
    local lane = lane_of(r.pool, r.prio, r.key, r.host)
    into = filling[lane]
    if not into then
      into = { lane = lane, pool = r.pool, prio = r.prio, key = r.key, host = r.host }
      filling[lane] = into
      filling[#filling + 1] = into
    end
    last_filled = into
  end
  local n = #into
  into[n + 1] = '0'
  into[n + 2] = id
end

local function fill_lanes()
  for _, into in ipairs(filling) do
    call('ZADD', into.lane, unpack(into))
    show_ready(into, into.lane, #into / 2)
  end
end

-- What indexes are to hold, by name, written at the end likewise.
local indexed = {}

local function index(name, id)
  local into = indexed[name] or {}
  indexed[name] = into
  local n = #into
  into[n + 1] = '0'
  into[n + 2] = id
end

local function write_indexes()
  for name, into in pairs(indexed) do call('ZADD', P .. 'x:' .. name, unpack(into)) end
end

-- Puts a job among the ready ones. Ids sort by creation, and equal scores sort by member: one that
-- comes back stands where it stood.
local function push(id, r)
  local lane = lane_of(r.pool, r.prio, r.key, r.host)
  call('ZADD', lane, '0', id)
  show_ready(r, lane, 1)
end

local function pull(id, r)
  local key = lane_of(r.pool, r.prio, r.key, r.host)
  local removed = call('ZREM', key, id)
  seen[key] = nil
  if removed == 1 and call('EXISTS', key) == 0 then
    if not unpark(address(r.pool, r.prio, r.key, r.host)) then
      hide_lane(r.pool, r.prio, r.key, r.host)
    end
  end
  return removed == 1
end

-- ---- limits ------------------------------------------------------------------------------------

-- A limit is `concurrency interval tolerance` and what its owner keeps beside them; 0 for none. Times
-- between starts are in microseconds and kept by GCRA (ITU-T I.371, in its form of virtual
-- scheduling): `tat` is when the next start would be due if all came evenly, and one may come as much
-- earlier as the tolerance says.
local UNLIMITED = 1000000

local function numbers_of(text)
  local concurrency, interval, tolerance = string.match(text, '^(%d+) (%d+) (%d+)')
  return tonumber(concurrency), tonumber(interval), tonumber(tolerance)
end

-- What stands in the way of a limit: nil, how many may start now and the interval; or 'full' and the
-- concurrency; or 'time' and the millisecond from which on one may start. The numbers given hold
-- where none are set.
local function standing(limit, concurrency, interval)
  local tolerance = 0
  local v = call('MGET', P .. 'lim:' .. limit, P .. 'nb:' .. limit, P .. 'tat:' .. limit)
  if v[1] then concurrency, interval, tolerance = numbers_of(v[1]) end
  if v[2] and tonumber(v[2]) > NOW then return 'time', tonumber(v[2]) end
  local places = UNLIMITED
  if interval > 0 then
    local ahead = math.max(0, tonumber(v[3] or '0') - MICROS)
    if ahead > tolerance then return 'time', math.ceil((MICROS + ahead - tolerance) / 1000) end
    places = math.floor((tolerance - ahead) / interval) + 1
  end
  if concurrency > 0 then
    local reserved = P .. 'res:' .. limit
    local used = call('ZCARD', reserved)
    if used >= concurrency then
      -- What is leased and not given back ends by itself.
      if call('ZREMRANGEBYSCORE', reserved, '-inf', NOW) > 0 then used = call('ZCARD', reserved) end
      if used >= concurrency then return 'full', concurrency end
    end
    places = math.min(places, concurrency - used)
  end
  return nil, places, interval
end

local function keep_tat(limit, tat)
  call('SET', P .. 'tat:' .. limit, fmt('%d', tat), 'PX', math.ceil((tat - MICROS) / 1000) + 60000)
end

-- Counts starts: each token has a place until it is given back or its lease ends.
local function reserve(limit, tokens, until_ms, interval)
  local members = {}
  for _, token in ipairs(tokens) do
    members[#members + 1] = until_ms
    members[#members + 1] = token
  end
  call('ZADD', P .. 'res:' .. limit, unpack(members))
  if interval > 0 then
    local tat = tonumber(call('GET', P .. 'tat:' .. limit) or '0')
    keep_tat(limit, math.max(tat, MICROS) + #tokens * interval)
  end
end

-- Gives a place back. While the limit waits for its time the place is of no use to anybody yet.
local function free(limit, token)
  if call('ZREM', P .. 'res:' .. limit, token) == 1 and call('EXISTS', P .. 'pw:' .. limit) == 1
      and standing(limit, 0, 0) ~= 'time' then
    let_in(limit)
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
  local line = TEXT[r.starts] .. '\t' .. instance .. '\t' .. TEXT[started] .. '\t' .. NOW_TEXT
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
  local s = record_of(parent)
  if not s then return end
  local r = parse(s)
  if r.state ~= 'w' then return end
  r.state, r.due = 'p', NOW
  put(parent, r)
  push(parent, r)
end

-- What ended in this script and has a webhook that is to hear of it; the deliveries are written at its
-- end, so that no end is without one. Options of such a job begin with a line that says so.
local hooks = {}

-- The end of a job, and all that follows from it. Its record has no expiry of Redis's own: one that
-- went unseen, while no instance runs, would leave its bytes counted and its tags listed for ever.
local function finish(id, r, from, state, outcome, ttl)
  r.state, r.outcome, r.finished, r.expires = state, outcome, NOW, NOW + ttl
  if r.kind == 'b' then
    r.expires = 0 -- with its batch
    local log = batch_of(r.group).log
    log[#log + 1] = id .. ' ' .. TEXT[r.run]
  else
    expiries[#expiries + 1] = r.expires
    expiries[#expiries + 1] = id .. '|' .. NAMES[state] .. '|' .. r.type
  end
  if sub(r.opts, 1, 1) == 'H' then hooks[#hooks + 1] = { id = id, r = r, run = r.run, state = state } end
  put_with_others(id, r)
  moved(r, from, NAMES[state])
  count('open', -1)
  ended[#ended + 1] = id
  ended_ttl = ttl
  event(id, NAMES[state], r, r.starts)
  if r.kind == 'p' then child_ended(id, r.group) end
end

local function settle_ends()
  if #expiries > 0 then call('ZADD', P .. 'ended', unpack(expiries)) end
  if #ended == 0 or call('EXISTS', P .. 'beside') == 0 then return end
  for i, has in ipairs(call('SMISMEMBER', P .. 'beside', unpack(ended))) do
    if has == 1 then
      local id = ended[i]
      call('SREM', P .. 'beside', id)
      call('UNLINK', P .. 'pg:' .. id, P .. 'c:' .. id)
      call('PEXPIRE', P .. 'g:' .. id, ended_ttl)
      call('PEXPIRE', P .. 'gd:' .. id, ended_ttl)
    end
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

-- A row that was not valid has no attempts: it would be no better next time.
local function may_run_again(r)
  return (r.state == 'F' or r.state == 'C') and r.run < MOST_RUNS and r.max > 0
end

-- A batch of which a row is to run again has not ended, and is not being cancelled.
local function reopen_batch(id)
  call('HSET', P .. 'b:' .. id, 'finished', '0', 'cancel', '0')
  call('ZREM', P .. 'ended', id .. '|batch|')
end

-- Queues a job that has ended again, under a new run.
local function run_again(id, r)
  local from = NAMES[r.state]
  r.run, r.fails, r.lost, r.cancelAt, r.joined = r.run + 1, 0, 0, 0, 0
  r.started, r.finished, r.expires, r.wanted, r.outcome = 0, 0, 0, NOW, ''
  count('open', 1)
  if r.kind == 'b' then
    reopen_batch(r.group)
  else
    call('ZREM', P .. 'ended', id .. '|' .. from .. '|' .. r.type)
  end
  -- Its children count on as they did; what is kept of them ended with the run before.
  if call('PERSIST', P .. 'g:' .. id) == 1 then has_beside(id) end
  call('PERSIST', P .. 'gd:' .. id)
  -- A child that runs again is open again for its parent, and not yet among those that have ended.
  if r.kind == 'p' and call('EXISTS', P .. 'g:' .. r.group) == 1 then
    call('HINCRBY', P .. 'g:' .. r.group, 'open', 1)
    call('LREM', P .. 'gd:' .. r.group, 1, id)
  end
  wait_again(id, r, from, 0)
end

-- Queues a failed or cancelled job again; false where it is neither.
local function requeue(id, r)
  if not may_run_again(r) then return false end
  run_again(id, r)
  return true
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

-- What an attempt held beside its entry.
local function let_go(id, r, instance, work)
  if r.cancelAt > 0 then call('SREM', P .. 'cx:' .. instance, id) end
  free_all(id, r)
  if work ~= '' then land(work, id) end
end

local function drop_entry(id, r, instance, work)
  call('HDEL', P .. 'run:' .. instance, id)
  let_go(id, r, instance, work)
end

-- The lease of each (id, lease) pair is compared with what the instance's hash holds; answers the
-- record, its start and the work it leads, or a verdict: 'R' refused, 'A' recorded before by this
-- lease.
local function fence(s, entry, lease)
  if not s then return nil, 'R' end
  -- No more is told apart than the lease where it is another's.
  if entry and sub(entry, 1, #lease + 1) == lease .. ' ' then
    local r = parse(s)
    if r.state ~= 'p' then return nil, recorded_before(r, lease) and 'A' or 'R' end
    local started = tonumber(sub(entry, #lease + 2))
    if started then return r, started, '' end
    local _, at, work = entry_of(entry)
    return r, at, work
  end
  return nil, recorded_before(parse(s), lease) and 'A' or 'R'
end

local function fenced(instance, id, lease)
  return fence(call('GET', P .. 'j:' .. id), call('HGET', P .. 'run:' .. instance, id), lease)
end

-- So many records are read in one command: one of many could hold a lot.
local AT_ONCE = 16

-- Ends attempts that ARGV names from a place on, so many values each, of which the first are id and
-- lease: `act` is given those that hold their lease, once each. Answers a verdict each: K done, A done
-- before, R refused.
local function end_attempts(instance, first, width, act)
  local running, verdicts, dropped, done = P .. 'run:' .. instance, {}, {}, {}
  for from = first, #ARGV, width * AT_ONCE do
    local ids, keys = {}, {}
    for a = from, math.min(#ARGV, from + width * AT_ONCE - 1), width do
      ids[#ids + 1] = ARGV[a]
      keys[#keys + 1] = P .. 'j:' .. ARGV[a]
    end
    local entries, records = call('HMGET', running, unpack(ids)), call('MGET', unpack(keys))
    for i, id in ipairs(ids) do
      local a = from + (i - 1) * width
      local lease = ARGV[a + 1]
      local r, started, work
      if done[id] == lease then
        started = 'A'
      else
        r, started, work = fence(records[i], entries[i], lease)
      end
      if r then
        done[id] = lease
        dropped[#dropped + 1] = id
        let_go(id, r, instance, work)
        act(id, r, started, a)
      end
      verdicts[#verdicts + 1] = r and 'K' or started
    end
  end
  if #dropped > 0 then call('HDEL', running, unpack(dropped)) end
  return verdicts
end

-- An attempt that nobody carries on, handed back uncounted. Its lease is not kept: what comes under it
-- later is refused.
local function hand_back(id, r, instance, entry, ttl)
  local _, started, work = entry_of(entry)
  drop_entry(id, r, instance, work)
  log_attempt(r, instance, started, 'released', '', '')
  if r.cancelAt > 0 then
    finish(id, r, 'running', 'C', '', ttl)
  else
    wait_again(id, r, 'running', 0)
  end
end

-- An attempt whose instance is gone. Its lease is not kept either.
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

-- ---- ids ------------------------------------------------------------------------------------------

-- Reserves ids for n jobs; answers when they are minted and what makes the next of a random suffix, with
-- the salt of its record.
-- Ids never go back, even where the clock does.
local DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'

local function base32(value, width)
  local text = ''
  for _ = 1, width do
    local digit = value % 32
    text = sub(DIGITS, digit + 1, digit + 1) .. text
    value = (value - digit) / 32
  end
  return text
end

local function mint(n)
  local last = tonumber(call('HGET', P .. 'clk', 'last') or '0')
  local minted = math.max(NOW, last)
  if minted > last then call('HSET', P .. 'clk', 'last', fmt('%d', minted), 'form', VERSION) end
  local seq = (call('HINCRBY', P .. 'clk', 'seq', n) - n) % 1099511627776
  local stamp, stem = base32(minted, 10), nil
  return minted, function(random)
    local digit, salt = seq % 32, string.char(seq % 256)
    if digit == 0 or not stem then stem = stamp .. base32((seq - digit) / 32, 7) end
    seq = (seq + 1) % 1099511627776
    return stem .. sub(DIGITS, digit + 1, digit + 1) .. random, salt
  end
end

-- What a job belongs to, for those who read it: kind, id and index, apart by spaces.
local function group_of(r)
  return r.kind == '' and '' or r.kind .. ' ' .. r.group .. ' ' .. r.index
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
    call('HSET', P .. 'clk', 'beat', NOW_TEXT, 'mercy', fmt('%d', until_ms))
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

local function forget_record(id, r)
  count('bytes', -r.size - BESIDE - apart(r.outcome))
  if sub(r.outcome, 1, 1) == 'B' then
    call('UNLINK', P .. 'o:' .. id .. ':' .. string.match(r.log, '\t([^\t]*)\t[^\t]*\n$'))
  end
  call('UNLINK', P .. 'j:' .. id, P .. 'g:' .. id, P .. 'gd:' .. id, P .. 'dl:' .. id)
end

local function forget(id, state, type)
  local s = call('GET', P .. 'j:' .. id)
  call('ZREM', P .. 'ended', id .. '|' .. state .. '|' .. type)
  call('ZREM', P .. 'x:all', id)
  call('ZREM', P .. 'x:t:' .. type, id)
  count(type .. '|' .. state, -1)
  if s then
    local r = parse(s)
    for tag in string.gmatch(r.tags, '[^\n]+') do call('ZREM', P .. 'x:g:' .. tag, id) end
    forget_record(id, r)
  end
end

-- ---- batches -------------------------------------------------------------------------------------

-- A batch has ended when its lines are in, none of its rows is left to end and none is still to be queued
-- again.
local function end_batch(id)
  local b = call('HMGET', P .. 'b:' .. id, 'open', 'left', 'ttl', 'finished', 'walk', 'after')
  if b[1] ~= '0' or b[2] ~= '0' or b[4] ~= '0' or b[5] == 'retry' or b[6] == 'retry' then return end
  call('HSET', P .. 'b:' .. id, 'finished', NOW_TEXT)
  call('ZADD', P .. 'ended', NOW + tonumber(b[3]), id .. '|batch|')
  local with = call('HMGET', P .. 'b:' .. id, 'gone', 'opts')
  if with[1] == '0' and sub(with[2] or '', 1, 1) == 'H' then
    hooks[#hooks + 1] = { id = id, opts = with[2] }
  end
end

-- Sets a batch to be walked row by row, from its first; `batch_walk` goes on with it.
local function walk(id, what)
  call('HSET', P .. 'b:' .. id, 'walk', what, 'at', '0', 'after', '')
  call('SADD', P .. 'bwalk', id)
end

-- Ends a batch's intake; false when it has ended before.
local function close_batch(id, how)
  local key = P .. 'b:' .. id
  local b = call('HMGET', key, 'open', 'atomic', 'cancel')
  if b[1] ~= '1' then return false end
  call('HSET', key, 'open', '0', 'truncated', how == 'cut' and '1' or '0')
  call('ZREM', P .. 'bopen', id)
  batch_of(id).look = true
  if how == 'drop' then
    call('HSET', key, 'gone', '1')
    walk(id, 'delete')
  elseif b[2] == '1' and b[3] == '0' then
    if how == 'cut' then call('HSET', key, 'cancel', '1') end
    walk(id, how == 'cut' and 'cancel' or 'release')
  end
  return true
end

local function tell_batch(id)
  call('XADD', P .. 'ev', 'MAXLEN', '~', EVENTS, '*', 'k', 'b', 'id', id)
end

local function settle_batches()
  for id, did in pairs(batches) do
    local key, left = P .. 'b:' .. id, 0
    for state, by in pairs(did.counts) do
      if by ~= 0 then call('HINCRBY', key, 'n:' .. state, by) end
      if state == 'queued' or state == 'running' or state == 'scheduled' then left = left + by end
    end
    if left ~= 0 then call('HINCRBY', key, 'left', left) end
    if #did.log > 0 then call('RPUSH', P .. 'bd:' .. id, unpack(did.log)) end
    if left < 0 or did.look then end_batch(id) end
    tell_batch(id)
  end
end

-- A batch whole: id, type, template, created, finished, expires, open, cancel, truncated, total, how many
-- ends are logged, the counts in the order of the states, and the ids of its newest deliveries, apart by
-- spaces. Nothing where there is none.
local function view_batch(id)
  local b = call('HMGET', P .. 'b:' .. id, 'type', 'template', 'created', 'finished', 'ttl', 'open', 'cancel',
    'truncated', 'total', 'gone', 'n:scheduled', 'n:queued', 'n:running', 'n:succeeded', 'n:failed',
    'n:cancelled', 'opts')
  if b[10] ~= '0' then return end
  local expires = b[4] == '0' and '0' or fmt('%d', tonumber(b[4]) + tonumber(b[5]))
  local values = { id, b[1], b[2], b[3], b[4], expires, b[6], b[7], b[8], b[9],
    fmt('%d', call('LLEN', P .. 'bd:' .. id)) }
  for i = 11, 16 do values[#values + 1] = b[i] or '0' end
  values[#values + 1] = sub(b[17] or '', 1, 1) == 'H'
      and table.concat(call('LRANGE', P .. 'dl:' .. id, -20, -1), ' ') or ''
  return values
end

-- Whether there is such a job (kind j) or batch (kind b).
local function stands(kind, id)
  if kind == 'b' then return call('HGET', P .. 'b:' .. id, 'gone') == '0' end
  return call('EXISTS', P .. 'j:' .. id) == 1
end

-- A job whole, as `find` answers it; `where` is where one that has not ended stands.
local function view(id, r, where)
  if r.kind == 'b' then
    local b = call('HMGET', P .. 'b:' .. r.group, 'finished', 'ttl')
    if b[1] and b[1] ~= '0' then r.expires = tonumber(b[1]) + tonumber(b[2]) end
  end
  local state, why = NAMES[r.state], ''
  if not state then
    state = where.state
    if r.state == 'w' then
      state, why = 'queued', 'children\n\n0'
    elseif state == 'queued' then
      why = call('HGET', P .. 'parkinfo', address(r.pool, r.prio, r.key, r.host)) or 'slot\n\n0'
    end
  end
  local instance, lease, started = '', '', 0
  if where and where.instance then
    instance = where.instance
    lease, started = entry_of(where.entry)
  end
  return { id, state, r.type, r.prio, r.run, r.starts, fmt('%d', r.created), fmt('%d', r.due),
    fmt('%d', r.cancelAt), fmt('%d', r.started), fmt('%d', r.finished), fmt('%d', r.expires),
    group_of(r), r.key, r.host, r.tags, r.log, instance, fmt('%d', started), why,
    call('GET', P .. 'pg:' .. id) or '', r.opts, r.params, r.outcome }
end

-- ---- what clients ask for ---------------------------------------------------------------------------

-- Cancels a job that waits, or asks the instance that runs it to stop it. Answers C cancelled, Q asked
-- for, A asked for or cancelled before, F ended otherwise before. `where` is what `locate` found.
local function cancel(id, r, where, ttl)
  if r.state == 'C' then return 'A' end
  if NAMES[r.state] then return 'F' end
  if r.state ~= 'w' and where.state == 'running' then
    if r.cancelAt > 0 then return 'A' end
    r.cancelAt = NOW
    put(id, r)
    call('SADD', P .. 'cx:' .. where.instance, id)
    event(id, 'running', r, r.starts + 1)
    return 'Q'
  end
  r.cancelAt = NOW
  if r.state == 'p' and call('ZREM', P .. 'due', id) == 0 then pull(id, r) end
  finish(id, r, where.state, 'C', '', ttl)
  return 'C'
end

-- ---- webhooks: each end that one is to hear of gets a job that delivers it ---------------------------

-- All of it stands in one function, so that it costs nothing where there is nothing to tell.
local function write_deliveries()
  if #hooks == 0 then return end
  local receivers = {}

  -- The webhook of a job or batch, or false once its receiver has said that it is gone. The line of its
  -- options for us: H for a webhook that hears of this job's or batch's end, R on a batch for one that
  -- hears of its rows' (whose own line names no key); the ends it wants; the key that its deliveries wait
  -- under. What follows goes to the delivery unread.
  local function receiver_of(owner, opts)
    if receivers[owner] == nil then
      local wanted, key, kept = string.match(opts or '', '^%u(%u*) ([^\n]*)\n(.*)$')
      receivers[owner] = wanted and call('EXISTS', P .. 'wg:' .. owner) == 0
          and { wanted = wanted, key = key, opts = kept } or false
    end
    return receivers[owner]
  end

  -- What a delivery tells of a batch: how it ended, and the counts by state as they were then.
  local function batch_told(id, opts)
    local b = call('HMGET', P .. 'b:' .. id, 'cancel', 'total', 'n:succeeded', 'n:failed', 'n:cancelled')
    local state = b[1] == '1' and 'C' or tonumber(b[4] or '0') > 0 and 'F' or 'S'
    return receiver_of(id, opts), state, fmt('{"batch":"%s","owner":"%s","run":0,"state":"%s","at":%d,"total":%s,'
        .. '"counts":{"succeeded":%s,"failed":%s,"cancelled":%s}}', id, id, NAMES[state], NOW, b[2], b[3] or 0,
      b[4] or 0, b[5] or 0)
  end

  local function job_told(hook)
    local r, owner = hook.r, hook.id
    local opts = r.opts
    if r.kind == 'b' then
      owner = r.group
      opts = receivers[owner] == nil and call('HGET', P .. 'b:' .. owner, 'opts') or ''
    end
    return receiver_of(owner, opts), hook.state, fmt('{"job":"%s","owner":"%s","type":%s,"run":%d,"state":"%s",'
        .. '"at":%d,"total":0}', hook.id, owner, cjson.encode(r.type), hook.run, NAMES[hook.state], NOW)
  end

  local wanted = {}
  for _, hook in ipairs(hooks) do
    local to, state, params
    if hook.r then to, state, params = job_told(hook) else to, state, params = batch_told(hook.id, hook.opts) end
    if to and string.find(to.wanted, state, 1, true) then
      wanted[#wanted + 1] = { of = hook.id, to = to, params = params }
    end
  end
  if #wanted == 0 then return end
  local minted, next_id = mint(#wanted)
  for _, delivery in ipairs(wanted) do
    local id, salt = next_id(sub(delivery.of, -8))
    -- It decides itself when it is tried again and when no more; what stands here is for a fault of its
    -- own, with a first pause so short that it never holds up a try that is due.
    local r = {
      state = 'p', prio = '5', run = 1, fails = 0, max = 30, starts = 0, lost = 0, created = minted,
      due = NOW, cancelAt = 0, started = 0, finished = 0, expires = 0, timeout = 120000, backoff = 1,
      joined = 0, wanted = NOW, kind = '', group = '', index = 0, type = 'webhook', pool = 'webhook',
      key = delivery.to.key, host = '', tags = '', opts = delivery.to.opts, params = delivery.params,
      log = '', outcome = '', salt = salt,
    }
    put_with_others(id, r)
    index('t:webhook', id)
    call('RPUSH', P .. 'dl:' .. delivery.of, id)
    count('open', 1)
    push_with_others(id, r)
    moved(r, nil, 'queued')
    event(id, 'queued', r, 0)
  end
end

-- ---- the end of every script ---------------------------------------------------------------------

local function flush()
  settle_ends()
  settle_batches()
  write_deliveries()
  write_events()
  write_records()
  write_indexes()
  fill_lanes()
  for field, by in pairs(deltas) do
    if by ~= 0 then call('HINCRBY', P .. 'cnt', field, by) end
  end
  for pool, last in pairs(lines) do call('HSET', P .. 'clk', 'line:' .. pool, fmt('%d', last)) end
  for pool in pairs(to_wake) do
    if call('LLEN', P .. 'wake:' .. pool) == 0 then call('RPUSH', P .. 'wake:' .. pool, '1') end
  end
end
