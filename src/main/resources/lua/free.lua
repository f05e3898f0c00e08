-- Gives a reservation back.
-- ARGV: now, limit, token
free(ARGV[2], ARGV[3])
flush()
return 'K'
