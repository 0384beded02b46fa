-- Removes a key's values, those of all schemas, and revokes the lease.
--
-- KEYS[1]  the value           KEYS[2]  the lease     KEYS[3]  the cache's state
-- ARGV[1]  the bus channel     ARGV[2]  the message from its format byte on
--
-- Answers  {1, micros, revoked lease or 16 zero bytes}
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]

local lease = redis.pcall('GET', KEYS[2])
local revoked = string.rep('\0', 16)
if type(lease) == 'string' and #lease == 16 then
  revoked = lease
end
redis.call('DEL', KEYS[1], KEYS[2])
tell(KEYS[3], ARGV[1], micros, revoked, ARGV[2])
return {1, micros, revoked}
