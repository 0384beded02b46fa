-- Moves the cache to a new generation.
--
-- KEYS[1]  the cache's state
-- ARGV[1]  a token never used before      ARGV[2]  the state's TTL in milliseconds, from now
-- ARGV[3]  the bus channel     ARGV[4]  the message from its format byte on
--
-- Answers  {1, micros, 16 zero bytes}
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local none = string.rep('\0', 16)

if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then
  redis.call('DEL', KEYS[1])
end
redis.call('HSET', KEYS[1], 'g', ARGV[1])
tell(KEYS[1], ARGV[3], micros, none, ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {1, micros, none}
