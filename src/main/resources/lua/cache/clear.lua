-- Removes all entries of the shard and tells it.
-- ARGV: now, channel
call('UNLINK', E, X)
call('PUBLISH', ARGV[2], '*')
return {1}
