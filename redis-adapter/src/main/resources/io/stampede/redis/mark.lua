-- Says that another zone owes what a node has to tell it yet.
--
-- KEYS[1]  the marks
-- ARGV[1]  the node's token (16 bytes) and the zone's name behind it
-- ARGV[2]  the marks' TTL in milliseconds, from now
--
-- Answers  {micros}
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]

if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then
  redis.call('DEL', KEYS[1])
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', micros))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {micros}
