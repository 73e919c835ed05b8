-- Sends the requests of a file in turn. Each line has a path and, after a tab, a body. Arguments: the file, the method, and
-- a prefix for idempotency keys or "-". Prints one line of JSON at the end.
local requests, bodies, at, sent, prefix = {}, {}, 0, 0, "-"
local thread = 0

function setup(one)
  one:set("number", thread)
  thread = thread + 1
end

function init(args)
  prefix = args[3]
  for line in io.lines(args[1]) do
    local path, body = line:match("^([^\t]*)\t?(.*)$")
    if args[2] == "GET" then
      requests[#requests + 1] = wrk.format("GET", path)
    else
      requests[#requests + 1], bodies[#bodies + 1] = path, body
    end
  end
  wrk.method = args[2]
  at = (number or 0) * 7919
end

function request()
  at = at % #requests + 1
  if #bodies == 0 then return requests[at] end
  sent = sent + 1
  wrk.headers["Idempotency-Key"] = prefix .. (number or 0) .. "-" .. sent
  return wrk.format(nil, requests[at], wrk.headers, bodies[at])
end

function done(summary, latency, _)
  local e = summary.errors
  io.write(string.format('\n{"requests": %d, "seconds": %.6f, "failed": %d, "p50": %.3f, "p99": %.3f}\n', summary.requests,
    summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3))
end
