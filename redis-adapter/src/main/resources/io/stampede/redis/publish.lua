-- Stores what was rebuilt and frees the lease, while the lease is held.
--
-- KEYS[1]  the value           KEYS[2]  the lease
-- ARGV[1]  the lease token
-- ARGV[2]  the envelope        ARGV[3]  when it expires, in milliseconds since the epoch
-- ARGV[4]  the bus channel     ARGV[5]  the message from its format byte on
--
-- Answers  {0} published, {1} already mine, {2} refused
if redis.pcall('GET', KEYS[2]) ~= ARGV[1] then
  -- A retry finds its own envelope. Version and freshness are compared: one that was made stale meanwhile must not be
  -- taken for fresh by its publisher.
  if redis.pcall('GETRANGE', KEYS[1], 0, 24) == string.sub(ARGV[2], 1, 25) then
    return {1}
  end
  return {2}
end

local time = redis.call('TIME')
redis.call('SET', KEYS[1], ARGV[2], 'PXAT', ARGV[3])
redis.call('DEL', KEYS[2])
redis.call('PUBLISH', ARGV[4],
  string.format('%016.0f', time[1] * 1000000 + time[2]) .. string.rep('\0', 16) .. ARGV[5])
return {0}
