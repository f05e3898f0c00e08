-- Tells the server's version and memory, for health.
-- ARGV: now
return { string.match(call('INFO', 'server'), 'redis_version:(%S+)') or '?',
  string.match(call('INFO', 'memory'), 'used_memory:(%d+)') or '0' }
