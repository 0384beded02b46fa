-- The cache's generation; the candidate becomes it where there is none.
--
-- KEYS[1]  the generation
-- ARGV[1]  a token never used before      ARGV[2]  the generation's TTL in milliseconds, from now
--
-- Answers  {micros, generation}
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]

local generation = redis.pcall('GET', KEYS[1])
if type(generation) == 'string' and #generation == 16 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
else
  generation = ARGV[1]
  redis.call('SET', KEYS[1], generation, 'PX', ARGV[2])
end
return {micros, generation}
