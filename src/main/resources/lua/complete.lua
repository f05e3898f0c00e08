-- Records final endings, each fenced by its lease. Answers one verdict each: K recorded, A recorded
-- before, R refused.
-- ARGV: now, instance, ttl, then 5 an ending: id, lease, end (S, F or C), outcome, error of the attempt
local instance, ttl = ARGV[2], tonumber(ARGV[3])
even_when_full()
local verdicts = {}
for a = 4, #ARGV, 5 do
  local id, lease, state, outcome, err = ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3], ARGV[a + 4]
  local r, started, work = fenced(instance, id, lease)
  -- Also when sent again: the result was then written again too, for a short time.
  if sub(outcome, 1, 1) == 'B' and (r or started == 'A') then
    call('PEXPIRE', P .. 'o:' .. id .. ':' .. lease, ttl + 3600000)
  end
  if r then
    drop_entry(id, r, instance, work)
    log_attempt(r, instance, started, NAMES[state], lease, err)
    count('bytes', apart(outcome))
    finish(id, r, 'running', state, outcome, ttl)
    verdicts[#verdicts + 1] = 'K'
  else
    verdicts[#verdicts + 1] = started
  end
end
flush()
return verdicts
