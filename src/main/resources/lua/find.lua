-- Reads one job whole: the head and pieces of its record, where it stands, and its progress.
-- ARGV: now, id
local id = ARGV[2]
local s = call('GET', P .. 'j:' .. id)
if not s then return {} end
local r = parse(s)
local state, where, why = NAMES[r.state], nil, ''
if not state then
  where = locate({ id })[id]
  state = where.state
  if r.state == 'w' then
    state, why = 'queued', 'children\n\n0'
  elseif state == 'queued' then
    why = call('HGET', P .. 'parkinfo', address(r.pool, r.prio, r.key, r.host)) or 'slot\n\n0'
  end
end
local instance, lease, started = '', '', 0
if where and where.instance then
  instance = where.instance
  lease, started = entry_of(where.entry)
end
return { id, state, r.type, r.prio, r.run, r.starts, fmt('%d', r.created), fmt('%d', r.due),
  fmt('%d', r.cancelAt), fmt('%d', r.started), fmt('%d', r.finished), fmt('%d', r.expires),
  r.parent, r.key, r.host, r.tags, r.log, instance, fmt('%d', started), why,
  call('GET', P .. 'pg:' .. id) or '', r.opts, r.params, r.outcome }
