-- Takes a mark away.
--
-- KEYS[1]  the marks
-- ARGV[1]  the node's token (16 bytes) and the zone's name behind it
-- ARGV[2]  when the node must have said so last for its mark to go; empty for whenever
--
-- Answers  {1} if it went, {0} if it was not there or younger
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then
  return {0}
end
if ARGV[2] ~= '' and redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
  return {0}
end
return {redis.call('HDEL', KEYS[1], ARGV[1])}
