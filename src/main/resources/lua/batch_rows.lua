-- Reads rows of a batch, in the order they came (bi) or ended (bd), from a position on, until there are
-- enough or they are large. Answers nothing where there is no such batch; else the position after the last
-- that was looked at, then the rows, each behind its position: whole, as `find` does, or as `list` does. A
-- row that ended and runs again is passed over until it ends.
-- ARGV: now, batch, bi or bd, from, most, most bytes, whole (1 or 0)
if not stands('b', ARGV[2]) then return {} end
local from, most, left = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local entries = call('LRANGE', P .. ARGV[3] .. ':' .. ARGV[2], from, from + most - 1)
local rows, open = {}, {}
for i, entry in ipairs(entries) do
  local id, run = string.match(entry, '^(%S+) ?(%S*)$')
  local s = call('GET', P .. 'j:' .. id)
  if s then
    left = left - #s
    if left < 0 and #rows > 0 then break end
    local r = parse(s)
    local ended = NAMES[r.state] ~= nil
    if run == '' or ended and tonumber(run) == r.run then
      rows[#rows + 1] = { id, r, from + i - 1 }
      if not ended then open[#open + 1] = id end
    end
  end
  most = i
end
local found = locate(open)
local reply = { fmt('%d', from + math.min(most, #entries)) }
for _, row in ipairs(rows) do
  reply[#reply + 1] = fmt('%d', row[3])
  local values = view(row[1], row[2], found[row[1]])
  if ARGV[7] == '0' then
    local outcome = table.remove(values)
    values[#values] = sub(outcome, 1, 1) == 'E' and outcome or string.match(outcome, '^[^\n]*\n') or ''
  end
  for _, v in ipairs(values) do reply[#reply + 1] = v end
end
return reply
