-- No more rows come. What an atomic batch holds runs now, or not at all where the lines were cut off; a
-- batch that is given up goes with its rows. Answers K, or N when it is not open any more.
-- ARGV: now, batch, how it ends: whole, cut or drop
even_when_full()
local id, how = ARGV[2], ARGV[3]
if not close_batch(id, how) then return 'N' end
flush()
return 'K'
