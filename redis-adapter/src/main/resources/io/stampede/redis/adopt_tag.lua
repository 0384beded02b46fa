-- Brings a tag to the generation that it has in another zone, unless anything has changed since the two were compared.
--
-- KEYS[1]  the tag             KEYS[2]  the cache's state   KEYS[3]  the marks
-- ARGV[1]  the tag's generation here as it was seen
-- ARGV[2]  the other zone's generation    ARGV[3]  the other zone's name
-- ARGV[4]  the generation's TTL in milliseconds, from now
-- ARGV[5]  the bus channel     ARGV[6]  the message from its format byte on
--
-- Answers  {1} if it is the generation now, {0} if not
local tag = redis.pcall('GET', KEYS[1])
if owes(KEYS[3], ARGV[3]) or type(tag) ~= 'string' or string.sub(tag, 1, 16) ~= ARGV[1] then
  return {0}
end
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
redis.call('SET', KEYS[1], ARGV[2] .. string.format('%016.0f', micros), 'PX', ARGV[4])
tell(KEYS[2], ARGV[5], micros, string.rep('\0', 16), ARGV[6])
return {1}
