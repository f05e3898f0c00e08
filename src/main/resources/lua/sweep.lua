-- Takes over what dead instances held. Answers how many jobs, and whether more are left. One whose
-- own lease has run out takes over nothing: after a pause of Redis or of itself it must beat first,
-- else it would declare itself dead. After a time in which nobody could beat, all have time to.
-- ARGV: now, most jobs, most lost runs, worker-lost error, ttl, instance that sweeps, lease
local most, max_lost, err, ttl = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local own = call('ZSCORE', P .. 'inst', ARGV[6])
if mercy(tonumber(ARGV[7])) or not own or tonumber(own) <= NOW then return { 0, 0 } end
local jobs, more = 0, 0
even_when_full()
for _, instance in ipairs(call('ZRANGEBYSCORE', P .. 'inst', '-inf', NOW, 'LIMIT', 0, 16)) do
  local running = P .. 'run:' .. instance
  local entries = call('HSCAN', running, 0, 'COUNT', most)[2]
  for i = 1, #entries, 2 do
    if jobs >= most then break end
    local id = entries[i]
    local s = call('GET', P .. 'j:' .. id)
    if s then
      lose(id, parse(s), instance, entries[i + 1], max_lost, err, ttl)
    else
      call('HDEL', running, id)
    end
    jobs = jobs + 1
  end
  if call('EXISTS', running) == 0 then
    call('ZREM', P .. 'inst', instance)
    call('UNLINK', P .. 'cx:' .. instance)
  else
    more = 1
  end
end
flush()
return { jobs, more }
