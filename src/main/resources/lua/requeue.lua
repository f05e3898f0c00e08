-- Queues a failed or cancelled job again under a new run. Answers N not found, K done, X refused.
-- ARGV: now, id
even_when_full()
local s = call('GET', P .. 'j:' .. ARGV[2])
if not s then return 'N' end
local r = parse(s)
if r.kind == 'b' then
  local b = call('HMGET', P .. 'b:' .. r.group, 'gone', 'open', 'atomic', 'walk', 'cancel', 'finished')
  if b[1] ~= '0' then return 'N' end
  -- Rows that are held until all are in are let go once, all of them.
  if b[2] == '1' and b[3] == '1' or b[4] == 'release' then return 'X' end
  -- A row that ran again would undo that its batch is being cancelled, or be cancelled by its walk.
  if b[4] == 'cancel' or b[5] == '1' and b[6] == '0' then return 'X' end
end
local code = requeue(ARGV[2], r) and 'K' or 'X'
flush()
return code
