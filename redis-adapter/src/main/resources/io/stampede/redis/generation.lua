-- The cache's generation, where the candidate becomes it if there is none; and what a node needs to know whether it has
-- heard all messages.
--
-- KEYS[1]  the cache's state
-- ARGV[1]  a token never used before      ARGV[2]  the state's TTL in milliseconds, from now
--
-- Answers  {micros, generation, number of the last message, this server's run id or ''}
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]

if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then
  redis.call('DEL', KEYS[1])
end
local held = redis.call('HMGET', KEYS[1], 'g', 'n')
local generation = held[1]
if not generation or #generation ~= 16 then
  generation = ARGV[1]
end
local number = tonumber(held[2]) or 0
-- Also where nothing changes: a Redis that refuses writes must not look healthy to those who ask this regularly.
redis.call('HSET', KEYS[1], 'g', generation, 'n', number)
redis.call('PEXPIRE', KEYS[1], ARGV[2])

local info = redis.pcall('INFO', 'server') -- a user may lack the right
local server = type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''
return {micros, generation, number, server}
