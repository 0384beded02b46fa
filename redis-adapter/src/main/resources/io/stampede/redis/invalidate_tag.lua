-- Moves a tag to a new generation.
--
-- KEYS[1]  the tag             KEYS[2]  the cache's state
-- ARGV[1]  a token never used before      ARGV[2]  the generation's TTL in milliseconds, from now
-- ARGV[3]  the bus channel     ARGV[4]  the message from its format byte on
--
-- Answers  {1, micros, 16 zero bytes}
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local since = string.format('%016.0f', micros)
local none = string.rep('\0', 16)

redis.call('SET', KEYS[1], ARGV[1] .. since, 'PX', ARGV[2])
tell(KEYS[2], ARGV[3], micros, none, ARGV[4])
return {1, micros, none}
