-- Makes a key's values stale where they stand and revokes the lease.
--
-- KEYS[1]  the value           KEYS[2]  the lease     KEYS[3]  the cache's state
-- ARGV[1]  the bus channel     ARGV[2]  the message from its format byte on
--
-- Answers  {1, micros, revoked lease or 16 zero bytes}
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]

-- Keeps the TTL. Redis refuses it when out of memory.
local function makeStale(envelope)
  return type(redis.pcall('SETRANGE', KEYS[1], envelope.from + 17, struct.pack('>i8', micros))) == 'number'
end

local all = envelopes(KEYS[1])
local stale = #all > 0
for _, envelope in ipairs(all) do
  if freshUntil(envelope) > micros then
    stale = stale and makeStale(envelope)
  end
end
if not stale then
  redis.call('DEL', KEYS[1]) -- never refused
end

local lease = redis.pcall('GET', KEYS[2])
local revoked = string.rep('\0', 16)
if type(lease) == 'string' and #lease == 16 then
  revoked = lease
end
if lease then
  redis.call('DEL', KEYS[2])
end
tell(KEYS[3], ARGV[1], micros, revoked, ARGV[2])
return {1, micros, revoked}
