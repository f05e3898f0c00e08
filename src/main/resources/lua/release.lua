-- Hands attempts back, uncounted: at once, after a pause, or when the job's children have ended.
-- Verdicts as in complete.
-- ARGV: now, instance, ttl, then 3 an attempt: id, lease, pause in milliseconds or w for children
local instance, ttl = ARGV[2], tonumber(ARGV[3])
local verdicts = {}
for a = 4, #ARGV, 3 do
  local id, lease, pause = ARGV[a], ARGV[a + 1], ARGV[a + 2]
  local r, started = fenced(instance, id, lease)
  if r then
    drop_entry(id, r, instance)
    log_attempt(r, instance, started, 'released', lease, '')
    if r.cancelAt > 0 then
      finish(id, r, 'running', 'C', '', ttl)
    elseif pause == 'w' and tonumber(call('HGET', P .. 'g:' .. id, 'open') or '0') > 0 then
      call('HSET', P .. 'g:' .. id, 'waiting', '1')
      r.state = 'w'
      put(id, r)
      moved(r, 'running', 'queued')
      event(id, 'queued', r, r.starts)
    else
      wait_again(id, r, 'running', pause == 'w' and 0 or tonumber(pause))
    end
    verdicts[#verdicts + 1] = 'K'
  else
    verdicts[#verdicts + 1] = started
  end
end
flush()
return verdicts
