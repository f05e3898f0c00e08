-- Removes an entry and tells it, whether it was there or not: a copy of it may be somewhere.
-- ARGV: now, fingerprint, channel
drop(ARGV[2])
call('PUBLISH', ARGV[3], ARGV[2])
return {1}
