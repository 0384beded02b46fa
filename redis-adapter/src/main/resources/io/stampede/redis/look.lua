-- What the zones owe, as it is known here, and the time.
--
-- KEYS[1]  the marks: for a node's token (16 bytes) and a zone's name behind it, when that node last said so, in
--          microseconds since the epoch
--
-- Answers  {micros, node and zone, when, node and zone, when, ...}
local time = redis.call('TIME')
local answer = {time[1] * 1000000 + time[2]}
if redis.call('TYPE', KEYS[1]).ok == 'hash' then
  for i, each in ipairs(redis.call('HGETALL', KEYS[1])) do
    answer[i + 1] = each
  end
end
return answer
