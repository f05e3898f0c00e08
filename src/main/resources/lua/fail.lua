-- Records failed attempts that are followed by another. Verdicts as in complete.
-- ARGV: now, instance, ttl, then 4 an attempt: id, lease, error, pause in milliseconds
local instance, ttl = ARGV[2], tonumber(ARGV[3])
even_when_full()
local verdicts = end_attempts(instance, 4, 4, function(id, r, started, a)
  log_attempt(r, instance, started, 'failed', ARGV[a + 1], ARGV[a + 2])
  r.fails = r.fails + 1
  if r.cancelAt > 0 then
    finish(id, r, 'running', 'C', '', ttl)
  else
    local pause = tonumber(ARGV[a + 3])
    r.wanted = NOW + pause
    wait_again(id, r, 'running', pause)
  end
end)
flush()
return verdicts
