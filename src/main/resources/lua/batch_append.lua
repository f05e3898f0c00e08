-- Adds rows to an open batch; to one that is being cancelled, cancelled rows. Sent again, it adds nothing.
-- Without rows it only says that more may come.
-- Answers K; C when the batch is being cancelled; X when it counts as cut off; B when the backlog is full.
-- ARGV: now, batch, number of this chunk (from 1), how long without rows until it counts as cut off,
--       most open jobs, most bytes, random, type, key, tags, priority, delay, run at, timeout, attempts,
--       backoff, options, then 4 a row: pool, host, params, and the outcome of a row that is not valid
local batch, chunk = ARGV[2], tonumber(ARGV[3])
local FIXED, WIDTH = 17, 4
local key = P .. 'b:' .. batch
local b = call('HMGET', key, 'open', 'chunk', 'total', 'atomic', 'cancel')
if b[1] ~= '1' then return 'X' end
local cancelled = b[5] == '1'
local code = cancelled and 'C' or 'K'
if tonumber(b[2]) >= chunk then return code end
local n = (#ARGV - FIXED) / WIDTH
if n == 0 then
  call('ZADD', P .. 'bopen', NOW + tonumber(ARGV[4]), batch)
  return code
end
local usage = call('HMGET', P .. 'cnt', 'open', 'bytes')
if tonumber(usage[1] or '0') + n > tonumber(ARGV[5]) or tonumber(usage[2] or '0') >= tonumber(ARGV[6])
    or call('EXISTS', P .. 'full') == 1 then
  return 'B'
end

local minted, next_id = mint(n)
local at = tonumber(ARGV[13])
if at == 0 then at = NOW + tonumber(ARGV[12]) end
local scheduled, held = at > NOW, b[4] == '1'
local index, log = tonumber(b[3]), batch_of(batch).log
local r = {
  prio = ARGV[11], run = 1, fails = 0, starts = 0, lost = 0, created = minted, due = math.max(at, NOW),
  cancelAt = 0, started = 0, expires = 0, timeout = tonumber(ARGV[14]), backoff = tonumber(ARGV[16]),
  joined = 0, wanted = math.max(at, NOW), kind = 'b', group = batch, type = ARGV[8], key = ARGV[9],
  tags = ARGV[10], opts = ARGV[17], log = '',
}
local attempts = tonumber(ARGV[15])
local records, ids, due, bytes, ends = {}, {}, {}, 0, { F = 0, C = 0 }
for i = 0, n - 1 do
  local a = FIXED + 1 + i * WIDTH
  local id, salt = next_id(ARGV[7])
  local bad = ARGV[a + 3] ~= ''
  r.index, r.pool, r.host, r.params, r.outcome = index + i, ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3]
  r.state, r.max, r.salt = bad and 'F' or cancelled and 'C' or 'p', bad and 0 or attempts, salt
  local over = r.state ~= 'p'
  r.finished = over and NOW or 0
  local s = build(r)
  bytes = bytes + #s + BESIDE
  records[#records + 1] = P .. 'j:' .. id
  records[#records + 1] = s
  ids[#ids + 1] = id
  if over then
    ends[r.state] = ends[r.state] + 1
    log[#log + 1] = id .. ' 1'
    if sub(r.opts, 1, 1) == 'H' then hooks[#hooks + 1] = { id = id, r = r, run = 1, state = r.state } end
  elseif scheduled and not held then
    due[#due + 1] = fmt('%d', at)
    due[#due + 1] = id
  elseif not held then
    push_with_others(id, r)
  end
end
call('MSET', unpack(records))
call('RPUSH', P .. 'bi:' .. batch, unpack(ids))
if #due > 0 then call('ZADD', P .. 'due', unpack(due)) end
count('bytes', bytes)
local open, counts, type = n - ends.F - ends.C, batch_of(batch).counts, ARGV[8]
count('open', open)
for state, rows in pairs({ [scheduled and not held and 'scheduled' or 'queued'] = open, failed = ends.F,
  cancelled = ends.C }) do
  count(type .. '|' .. state, rows)
  counts[state] = (counts[state] or 0) + rows
end
if ends.F > 0 then call('HINCRBY', key, 'invalid', ends.F) end
call('HSET', key, 'chunk', chunk)
call('HINCRBY', key, 'total', n)
call('ZADD', P .. 'bopen', NOW + tonumber(ARGV[4]), batch)
flush()
return code
