-- Frees a lease without a value, if it is held.
--
-- KEYS[1]  the lease           KEYS[2]  the cache's state
-- ARGV[1]  the lease token
-- ARGV[2]  the bus channel     ARGV[3]  the message from its format byte on
--
-- Answers  {1} if it was freed, {0} if it was not held
if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then
  return {0}
end
local time = redis.call('TIME')
redis.call('DEL', KEYS[1])
tell(KEYS[2], ARGV[2], time[1] * 1000000 + time[2], string.rep('\0', 16), ARGV[3])
return {1}
