-- wrk posts the file named after `--` as JSON and counts what is not answered 202.
function init(args)
  local file = assert(io.open(args[1], 'rb'))
  wrk.method = 'POST'
  wrk.headers['Content-Type'] = 'application/json'
  wrk.body = file:read('*a')
  file:close()
end

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

refused = 0

function response(status)
  if status ~= 202 then refused = refused + 1 end
end

function done(summary)
  local others = 0
  for _, thread in ipairs(threads) do others = others + thread:get('refused') end
  local errors = summary.errors
  print(string.format('POSTED {"answers":%d,"us":%d,"refused":%d,"broken":%d}', summary.requests,
    summary.duration, others, errors.connect + errors.read + errors.write + errors.timeout))
end
