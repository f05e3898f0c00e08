-- Reads deliveries of the ends of a job or a batch. Answers nothing where there is none of this id; else
-- how many there have been, then each as `find` does, behind its number. What has expired is passed over.
-- ARGV: now, j for a job or b for a batch, id, the first and the last as LRANGE has them
if not stands(ARGV[2], ARGV[3]) then return {} end
local key, first = P .. 'dl:' .. ARGV[3], tonumber(ARGV[4])
local all = call('LLEN', key)
if first < 0 then first = math.max(0, all + first) end
local rows, open = {}, {}
for i, id in ipairs(call('LRANGE', key, first, ARGV[5])) do
  local s = call('GET', P .. 'j:' .. id)
  if s then
    local r = parse(s)
    rows[#rows + 1] = { id, r, first + i }
    if not NAMES[r.state] then open[#open + 1] = id end
  end
end
local found, reply = locate(open), { fmt('%d', all) }
for _, row in ipairs(rows) do
  reply[#reply + 1] = fmt('%d', row[3])
  for _, v in ipairs(view(row[1], row[2], found[row[1]])) do reply[#reply + 1] = v end
end
return reply
