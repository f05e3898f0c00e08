-- Reads the newest deliveries of a job's ends. Answers nothing where there is no such job; else how many
-- there have been, then each as `find` does, behind its number. What has expired is passed over.
-- ARGV: now, job, most
if call('EXISTS', P .. 'j:' .. ARGV[2]) == 0 then return {} end
local key, most = P .. 'dl:' .. ARGV[2], tonumber(ARGV[3])
local all = call('LLEN', key)
local first = math.max(0, all - most)
local rows, open = {}, {}
for i, id in ipairs(call('LRANGE', key, first, -1)) do
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
