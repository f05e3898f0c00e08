-- Hands attempts back, uncounted: at once, after a pause, when the job's children have ended, or when
-- the equal work that another job leads has. Verdicts as in complete.
-- ARGV: now, instance, ttl, then 3 an attempt: id, lease, pause in milliseconds, w for children, or f
--       and the work another job leads
local instance, ttl = ARGV[2], tonumber(ARGV[3])
even_when_full()
local verdicts = end_attempts(instance, 4, 3, function(id, r, started, a)
  local lease, pause = ARGV[a + 1], ARGV[a + 2]
  local flight = r.cancelAt == 0 and sub(pause, 1, 1) == 'f' and sub(pause, 2) or ''
  -- It may have landed since the attempt asked; then there is nothing to wait for.
  local follows = flight ~= '' and call('EXISTS', P .. 'f:' .. flight) == 1
  log_attempt(r, instance, started, 'released', lease, follows and 'f' or '')
  if r.cancelAt > 0 then
    finish(id, r, 'running', 'C', '', ttl)
  elseif pause == 'w' and tonumber(call('HGET', P .. 'g:' .. id, 'open') or '0') > 0 then
    call('HSET', P .. 'g:' .. id, 'waiting', '1')
    r.state = 'w'
    put(id, r)
    moved(r, 'running', 'queued')
    event(id, 'queued', r, r.starts)
  elseif follows then
    call('SADD', P .. 'fw:' .. flight, id)
    call('PEXPIRE', P .. 'fw:' .. flight, FLIGHT_MS)
    wait_again(id, r, 'running', FOLLOW_MS)
  else
    wait_again(id, r, 'running', tonumber(pause) or 0)
  end
end)
flush()
return verdicts
