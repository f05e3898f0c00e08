-- Records final endings, each fenced by its lease. Answers one verdict each: K recorded, A recorded
-- before, R refused.
-- ARGV: now, instance, ttl, then 5 an ending: id, lease, end (S, F or C), outcome, error of the attempt
local instance, ttl = ARGV[2], tonumber(ARGV[3])
even_when_full()
local verdicts = end_attempts(instance, 4, 5, function(id, r, started, a)
  local lease, state, outcome = ARGV[a + 1], ARGV[a + 2], ARGV[a + 3]
  log_attempt(r, instance, started, NAMES[state], lease, ARGV[a + 4])
  count('bytes', apart(outcome))
  finish(id, r, 'running', state, outcome, ttl)
end)
-- A result that stands apart stays as long as its record. Also when sent again: it was then written
-- again too, for a short time.
for i, verdict in ipairs(verdicts) do
  local a = 4 + (i - 1) * 5
  if verdict ~= 'R' and sub(ARGV[a + 3], 1, 1) == 'B' then
    call('PERSIST', P .. 'o:' .. ARGV[a] .. ':' .. ARGV[a + 1])
  end
end
flush()
return verdicts
