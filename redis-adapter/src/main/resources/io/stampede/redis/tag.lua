-- A tag's generation; the candidate becomes it where there is none.
--
-- KEYS[1]  the tag: the generation's token and, in 16 digits, since when, in microseconds since the epoch
-- ARGV[1]  a token never used before      ARGV[2]  the generation's TTL in milliseconds, from now
--
-- Answers  {micros, generation, since when or 0 if it was never invalidated}
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]

local tag = redis.pcall('GET', KEYS[1])
if type(tag) == 'string' and #tag == 32 and string.find(tag, '^%d+$', 17) then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
else
  tag = ARGV[1] .. string.rep('0', 16)
  redis.call('SET', KEYS[1], tag, 'PX', ARGV[2])
end
return {micros, string.sub(tag, 1, 16), tonumber(string.sub(tag, 17))}
