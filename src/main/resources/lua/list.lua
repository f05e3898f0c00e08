-- Reads one page of an index, newest first, without params and outcomes. Answers the last id it
-- looked at, or nothing at the end of the walk, then 23 values a job: as find, the progress, and the
-- outcome's error or its first line.
-- ARGV: now, index, ids below this (or empty), most, state (or empty), type (or empty)
local below = ARGV[3] == '' and '+' or '(' .. ARGV[3]
local most, state, type = tonumber(ARGV[4]), ARGV[5], ARGV[6]
local ids = call('ZREVRANGEBYLEX', P .. 'x:' .. ARGV[2], below, '-', 'LIMIT', 0, most)
if #ids == 0 then return { '' } end

-- A record without its params and without more of its outcome than an error has: a page of large
-- jobs must not fill Redis's memory.
local SMALL, ERROR = 4096, 8192
local function row_of(id)
  local key = P .. 'j:' .. id
  local s = call('GETRANGE', key, 0, SMALL - 1)
  if #s < SMALL then return s ~= '' and parse(s) or nil end
  local type, pool, key_size, host, tags, opts, params, log, outcome = unpacked(PIECES, s, PIECES_AT)
  outcome = math.min(outcome, ERROR)
  local at = HEAD_SIZE + type + pool + key_size + host + tags + opts
  local last = at + params + log + outcome
  return parse(sub(s, 1, PARAMS_AT - 1) .. pack('>III', 0, log, outcome)
      .. call('GETRANGE', key, HEAD_SIZE, at - 1)
      .. (last > at + params and call('GETRANGE', key, at + params, last - 1) or '') .. ' ')
end

-- Beyond this many bytes the next page goes on.
local MOST_BYTES = 262144

local rows, open, bytes, last = {}, {}, 0, ''
for _, id in ipairs(ids) do
  if bytes >= MOST_BYTES then break end
  last = id
  local r = row_of(id)
  if r then bytes = bytes + r.size end
  if not r then
    call('ZREM', P .. 'x:' .. ARGV[2], id)
  elseif type == '' or r.type == type then
    rows[#rows + 1] = { id = id, r = r, state = NAMES[r.state] }
    if not NAMES[r.state] then open[#open + 1] = id end
  end
end
local found = locate(open)
local reply = { (#ids == most or last ~= ids[#ids]) and last or '' }
for _, row in ipairs(rows) do
  local r, where = row.r, found[row.id]
  local stands, why = row.state, ''
  if where then
    stands = r.state == 'w' and 'queued' or where.state
    why = r.state == 'w' and 'children\n\n0' or stands == 'queued' and 'slot\n\n0' or ''
  end
  if state == '' or state == stands then
    local instance, lease, started = '', '', 0
    if where and where.instance then
      instance = where.instance
      lease, started = entry_of(where.entry)
    end
    local values = { row.id, stands, r.type, r.prio, r.run, r.starts, fmt('%d', r.created),
      fmt('%d', r.due), fmt('%d', r.cancelAt), fmt('%d', r.started), fmt('%d', r.finished),
      fmt('%d', r.expires), group_of(r), r.key, r.host, r.tags, r.log, instance, fmt('%d', started), why,
      stands == 'running' and call('GET', P .. 'pg:' .. row.id) or '', r.opts,
      sub(r.outcome, 1, 1) == 'E' and r.outcome or string.match(r.outcome, '^[^\n]*\n') or '' }
    for _, v in ipairs(values) do reply[#reply + 1] = v end
  end
end
return reply
