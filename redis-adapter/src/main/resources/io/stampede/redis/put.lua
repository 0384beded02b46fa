-- Stores a caller's value in the place of all that was there and revokes the lease, unless it comes too late.
--
-- KEYS[1]  the value           KEYS[2]  the lease     KEYS[3]  the cache's state
-- ARGV[1]  the envelope        ARGV[2]  when it expires, in milliseconds since the epoch
-- ARGV[3]  the last moment to carry this out, in microseconds since the epoch
-- ARGV[4]  the bus channel     ARGV[5]  the message from its format byte on
--
-- Answers  {1, micros, revoked lease or 16 zero bytes}, or {0, micros} if it came too late
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
if micros > tonumber(ARGV[3]) then
  return {0, micros}
end

local lease = redis.pcall('GET', KEYS[2])
local revoked = string.rep('\0', 16)
if type(lease) == 'string' and #lease == 16 then
  revoked = lease
end
-- First what may fail (out of memory): then nothing has happened yet.
redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2])
if lease then
  redis.call('DEL', KEYS[2])
end
tell(KEYS[3], ARGV[4], micros, revoked, ARGV[5])
return {1, micros, revoked}
