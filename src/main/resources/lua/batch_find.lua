-- Reads a batch. Answers nothing, or what view_batch says.
-- ARGV: now, batch
return view_batch(ARGV[2]) or {}
