-- Tells the server's version, memory and limit of memory, open jobs and bytes of records, and per pool
-- for how many milliseconds the job has been ready that waits longest. At most 64 lanes of a pool are
-- looked at, those first whose turn is next: beyond that the answer is a lower bound. What a limit
-- holds back, or waits for its time, is not ready. Last, for how many milliseconds a job has been due that
-- nobody has queued yet.
-- ARGV: now, pools
local MOST = 64

local function oldest_ready(pool)
  local first, left = nil, MOST
  for _, prio in ipairs(call('ZRANGE', P .. 'bands:' .. pool, 0, 9)) do
    local band = pool .. ':' .. prio
    for _, key in ipairs(call('ZRANGE', P .. 'ring:' .. band, 0, MOST - 1)) do
      for _, host in ipairs(call('ZRANGE', P .. 'sub:' .. band .. ':' .. key, 0, MOST - 1)) do
        if left == 0 then return first end
        left = left - 1
        local id = call('ZRANGE', lane_of(pool, prio, key, host), 0, 0)[1]
        local due = id and due_of(id)
        if due and (not first or due < first) then first = due end
      end
    end
  end
  return first
end

local memory = call('INFO', 'memory')
local usage = call('HMGET', P .. 'cnt', 'open', 'bytes')
local reply = { string.match(call('INFO', 'server'), 'redis_version:(%S+)') or '?',
  string.match(memory, 'used_memory:(%d+)') or '0', string.match(memory, 'maxmemory:(%d+)') or '0',
  usage[1] or '0', usage[2] or '0' }
for i = 2, #ARGV do
  local since = oldest_ready(ARGV[i])
  reply[#reply + 1] = fmt('%d', since and math.max(0, NOW - since) or 0)
end
local due = call('ZRANGE', P .. 'due', 0, 0, 'WITHSCORES')[2]
reply[#reply + 1] = fmt('%d', due and math.max(0, NOW - tonumber(due)) or 0)
return reply
