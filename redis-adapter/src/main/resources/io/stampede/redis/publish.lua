-- Stores what was rebuilt in the place of its schema's entry and frees the lease, while the lease is held.
--
-- KEYS[1]  the value           KEYS[2]  the lease     KEYS[3]  the cache's state
-- ARGV[1]  the lease token
-- ARGV[2]  the envelope        ARGV[3]  when it expires, in milliseconds since the epoch
-- ARGV[4]  the bus channel     ARGV[5]  the message from its format byte on
-- ARGV[6]  the envelope's schema, 8 bytes
--
-- Answers  {0} published, {1} already mine, {2} refused
local all = envelopes(KEYS[1])

if redis.pcall('GET', KEYS[2]) ~= ARGV[1] then
  -- A retry finds its own envelope. Version and freshness are compared: one that was made stale meanwhile must not be
  -- taken for fresh by its publisher.
  local own = ofSchema(all, ARGV[6])
  if own and string.sub(own.head, 1, 25) == string.sub(ARGV[2], 1, 25) then
    return {1}
  end
  return {2}
end

local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]

-- The youngest come first, and those that are too many are the oldest.
local value = {ARGV[2]}
for _, other in ipairs(all) do
  if #value <= 4 and schemaOf(other) ~= ARGV[6] and deadAt(other) >= micros then
    value[#value + 1] = redis.call('GETRANGE', KEYS[1], other.from, other.to)
  end
end

local expiresAt = ARGV[3]
if #value > 1 then
  local before = math.floor(micros / 1000) + redis.call('PTTL', KEYS[1])
  if before > tonumber(expiresAt) then
    expiresAt = string.format('%.0f', before)
  end
end

redis.call('SET', KEYS[1], table.concat(value), 'PXAT', expiresAt)
redis.call('DEL', KEYS[2])
tell(KEYS[3], ARGV[4], micros, string.rep('\0', 16), ARGV[5])
return {0}
