-- Makes a value stale where it stands and revokes the lease.
--
-- KEYS[1]  the value           KEYS[2]  the lease
-- ARGV[1]  the bus channel     ARGV[2]  the message from its format byte on
--
-- Answers  {1, micros, revoked lease or 16 zero bytes}
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]

-- An envelope has format 1 and at least 66 bytes; bytes 17 to 24 say until when it is fresh.
local head = redis.pcall('GETRANGE', KEYS[1], 0, 65)
local stale = false
if type(head) == 'string' and #head == 66 and string.byte(head) == 1 then
  -- Keeps the TTL. Redis refuses it when out of memory; a DEL it never does.
  stale = type(redis.pcall('SETRANGE', KEYS[1], 17, string.rep('\0', 8))) == 'number'
end
if not stale then
  redis.call('DEL', KEYS[1])
end

local lease = redis.pcall('GET', KEYS[2])
local revoked = string.rep('\0', 16)
if type(lease) == 'string' and #lease == 16 then
  revoked = lease
end
if lease then
  redis.call('DEL', KEYS[2])
end
redis.call('PUBLISH', ARGV[1], string.format('%016.0f', micros) .. revoked .. ARGV[2])
return {1, micros, revoked}
