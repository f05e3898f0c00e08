-- Reads one page of batches, newest first. Answers the last id looked at, or nothing at the end of the
-- walk, then what view_batch says of each.
-- ARGV: now, ids below this (or empty), most
local below, most = ARGV[2] == '' and '+' or '(' .. ARGV[2], tonumber(ARGV[3])
local ids = call('ZREVRANGEBYLEX', P .. 'x:batches', below, '-', 'LIMIT', 0, most)
local reply = { #ids == most and ids[most] or '' }
for _, id in ipairs(ids) do
  for _, v in ipairs(view_batch(id) or {}) do reply[#reply + 1] = v end
end
return reply
