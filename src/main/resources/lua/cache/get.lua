-- Answers an entry and how many ms it lives on; nothing when there is none. What has no expiry was not
-- put here by `put`: it is answered with 0, so that the caller sees and removes it.
-- ARGV: now, fingerprint
local expiry = call('ZSCORE', X, ARGV[2])
if expiry and tonumber(expiry) <= NOW then
  drop(ARGV[2])
  return {}
end
local entry = call('HGET', E, ARGV[2])
if not entry then return {} end
return {entry, expiry and tonumber(expiry) - NOW or 0}
