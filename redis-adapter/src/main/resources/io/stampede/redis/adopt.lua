-- Brings the cache to the generation that it has in another zone, unless anything has changed since the two were compared.
--
-- KEYS[1]  the cache's state   KEYS[2]  the marks
-- ARGV[1]  the generation here as it was seen
-- ARGV[2]  the other zone's generation    ARGV[3]  the other zone's name
-- ARGV[4]  the state's TTL in milliseconds, from now
-- ARGV[5]  the bus channel     ARGV[6]  the message from its format byte on
--
-- Answers  {1} if it is the generation now, {0} if not
if owes(KEYS[2], ARGV[3]) or redis.pcall('HGET', KEYS[1], 'g') ~= ARGV[1] then
  return {0}
end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'g', ARGV[2])
tell(KEYS[1], ARGV[5], time[1] * 1000000 + time[2], string.rep('\0', 16), ARGV[6])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {1}
