-- Prolongs a lease that is still held.
--
-- KEYS[1]  the lease
-- ARGV[1]  the lease token     ARGV[2]  its new TTL in milliseconds
--
-- Answers  {1} if it is prolonged, {0} if it is lost
if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then
  return {0}
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {1}
