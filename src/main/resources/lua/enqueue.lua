-- Writes jobs. Answers five values a job: a code (N new, R replayed, X key used with another body, B backlog
-- full, L lease of the spawner lost), its id, and of a new one when it was created, when it is due unless it
-- is at once, and what holds its lane back, as `find` does.
-- ARGV: now, most open jobs, most bytes, all-or-none (1/0), spawner instance, its id, its lease,
--       most children, idempotency ttl, then 16 a job: type, pool, key, host, tags, priority, delay,
--       run at, timeout, attempts, backoff, params, idempotency key, fingerprint, random,
--       options
local FIXED, WIDTH = 9, 16
local max_open, max_bytes = tonumber(ARGV[2]), tonumber(ARGV[3])
local all_or_none, spawner, parent = ARGV[4] == '1', ARGV[5], ARGV[6]
local n = (#ARGV - FIXED) / WIDTH
local reply = {}

local function all(code)
  for i = 1, n do
    for value = 1, 5 do reply[#reply + 1] = value == 1 and code or '' end
  end
  return reply
end

if parent ~= '' then
  local r = fenced(spawner, parent, ARGV[7])
  if not r then return all('L') end
  local total = tonumber(call('HGET', P .. 'g:' .. parent, 'total') or '0')
  if total + n > tonumber(ARGV[8]) then return all('B') end
end

local usage = call('HMGET', P .. 'cnt', 'open', 'bytes')
local open, bytes = tonumber(usage[1] or '0'), tonumber(usage[2] or '0')
local full = bytes >= max_bytes or call('EXISTS', P .. 'full') == 1
if all_or_none and (full or open + n > max_open) then return all('B') end

if parent ~= '' then has_beside(parent) end
local minted, next_id = mint(n)

-- Answers the job's id, when it is due unless it is at once, and what holds its lane back.
local function place(a)
  local id, salt = next_id(ARGV[a + 14])
  local at = tonumber(ARGV[a + 7])
  if at == 0 then at = NOW + tonumber(ARGV[a + 6]) end
  local r = {
    state = 'p', prio = ARGV[a + 5], run = 1, fails = 0, max = tonumber(ARGV[a + 9]), starts = 0,
    lost = 0, created = minted, due = math.max(at, NOW), cancelAt = 0, started = 0, finished = 0,
    expires = 0, timeout = tonumber(ARGV[a + 8]), backoff = tonumber(ARGV[a + 10]), joined = 0,
    wanted = math.max(at, NOW), kind = parent ~= '' and 'p' or '',
    group = parent, index = 0,
    type = ARGV[a], pool = ARGV[a + 1], key = ARGV[a + 2], host = ARGV[a + 3], tags = ARGV[a + 4],
    opts = ARGV[a + 15], params = ARGV[a + 11], log = '', outcome = '', salt = salt,
  }
  put_with_others(id, r)
  index('all', id)
  index('t:' .. r.type, id)
  for tag in string.gmatch(r.tags, '[^\n]+') do index('g:' .. tag, id) end
  count('open', 1)
  local due, why = '', ''
  if at > NOW then
    due = fmt('%d', at)
    call('ZADD', P .. 'due', at, id)
    moved(r, nil, 'scheduled')
    event(id, 'scheduled', r, 0)
  else
    push_with_others(id, r)
    moved(r, nil, 'queued')
    event(id, 'queued', r, 0)
    if r.key ~= '' or r.host ~= '' then
      why = call('HGET', P .. 'parkinfo', address(r.pool, r.prio, r.key, r.host)) or ''
    end
  end
  if parent ~= '' then
    call('HINCRBY', P .. 'g:' .. parent, 'total', 1)
    call('HINCRBY', P .. 'g:' .. parent, 'open', 1)
  end
  return id, due, why
end

for i = 0, n - 1 do
  local a = FIXED + 1 + i * WIDTH
  local idem, code, id, due, why = ARGV[a + 12], 'N', '', '', ''
  local known = idem ~= '' and call('GET', P .. 'idem:' .. idem)
  -- A key whose job was deleted or has expired is free again.
  if known and not record_of(sub(known, 1, 26)) then known = nil end
  if known then
    id = sub(known, 1, 26)
    if sub(known, 27) == ARGV[a + 13] then code = 'R' else code, id = 'X', '' end
  elseif not all_or_none and (full or open + i >= max_open) then
    code = 'B'
  else
    id, due, why = place(a)
    if idem ~= '' then call('SET', P .. 'idem:' .. idem, id .. ARGV[a + 13], 'PX', ARGV[9]) end
  end
  local last = #reply
  reply[last + 1], reply[last + 2], reply[last + 3] = code, id, TEXT[minted]
  reply[last + 4], reply[last + 5] = due, why
end
flush()
return reply
