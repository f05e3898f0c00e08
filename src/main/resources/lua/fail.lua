-- Records failed attempts that are followed by another. Verdicts as in complete.
-- ARGV: now, instance, ttl, then 4 an attempt: id, lease, error, pause in milliseconds
local instance, ttl = ARGV[2], tonumber(ARGV[3])
even_when_full()
local verdicts = {}
for a = 4, #ARGV, 4 do
  local id, lease = ARGV[a], ARGV[a + 1]
  local r, started, work = fenced(instance, id, lease)
  if r then
    drop_entry(id, r, instance, work)
    log_attempt(r, instance, started, 'failed', lease, ARGV[a + 2])
    r.fails = r.fails + 1
    if r.cancelAt > 0 then
      finish(id, r, 'running', 'C', '', ttl)
    else
      r.wanted = NOW + tonumber(ARGV[a + 3])
      wait_again(id, r, 'running', tonumber(ARGV[a + 3]))
    end
    verdicts[#verdicts + 1] = 'K'
  else
    verdicts[#verdicts + 1] = started
  end
end
flush()
return verdicts
