-- Keeps how far running attempts are, where they still hold their lease, and tells what is new.
-- Refused where Redis has no memory left: nothing depends on it.
-- ARGV: now, instance, then 3 a note: id, lease, text
for a = 3, #ARGV, 3 do
  local id = ARGV[a]
  local entry = call('HGET', P .. 'run:' .. ARGV[2], id)
  if entry and entry_of(entry) == ARGV[a + 1] then
    has_beside(id)
    local before = call('SET', P .. 'pg:' .. id, ARGV[a + 2], 'PX', 90000000, 'GET')
    local s = before ~= ARGV[a + 2] and call('GET', P .. 'j:' .. id)
    if s then
      local r = parse(s)
      call('XADD', P .. 'ev', 'MAXLEN', '~', EVENTS, '*', 'k', 'p', 'id', id, 's', 'running',
        'r', r.run, 'a', r.starts + 1, 'p', ARGV[a + 2])
    end
  end
end
return 'K'
