-- Cancels, or queues again, what an index holds and a filter asks for, newest first. What cannot be
-- changed, or was before, is passed over. Answers how many were changed and the last id looked at, or
-- nothing at the end of the walk.
-- ARGV: now, c to cancel or r to queue again, index, ids below this (or empty), most looked at, most
--       changed, state (or empty), type (or empty), ttl
even_when_full()
local below = ARGV[4] == '' and '+' or '(' .. ARGV[4]
local most, most_changed, state, type = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7], ARGV[8]
local cancels, ttl = ARGV[2] == 'c', tonumber(ARGV[9])
local ids = call('ZREVRANGEBYLEX', P .. 'x:' .. ARGV[3], below, '-', 'LIMIT', 0, most)

-- What is not meant is told by the head of its record and its type, without reading the whole of it.
local able = {}
for _, id in ipairs(ids) do
  local now, its_type = told_by_head(id)
  local may = cancels and (now == 'p' or now == 'w') or not cancels and (now == 'F' or now == 'C')
  if may and (type == '' or type == its_type) then able[#able + 1] = { id = id, now = now } end
end
local open = {}
if cancels then
  for i, job in ipairs(able) do open[i] = job.id end
end
local found, changed, last = locate(open), 0, ''
for _, job in ipairs(able) do
  if changed == most_changed then break end
  local id = job.id
  last = id
  local stands = NAMES[job.now] or job.now == 'w' and 'queued' or found[id].state
  if state == '' or state == stands then
    local r = parse(record_of(id))
    if cancels then
      local code = cancel(id, r, found[id], ttl)
      if code == 'C' or code == 'Q' then changed = changed + 1 end
    elseif requeue(id, r) then
      changed = changed + 1
    end
  end
end
flush()
if changed < most_changed then last = #ids == most and ids[#ids] or '' end
return { changed, last }
