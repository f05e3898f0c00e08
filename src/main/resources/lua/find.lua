-- Reads one job whole: the head and pieces of its record, where it stands, and its progress.
-- ARGV: now, id
local id = ARGV[2]
local s = call('GET', P .. 'j:' .. id)
if not s then return {} end
local r = parse(s)
return view(id, r, NAMES[r.state] == nil and locate({ id })[id] or nil)
