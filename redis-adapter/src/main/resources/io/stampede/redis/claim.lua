-- The one atomic question after a miss: here it is, you rebuild, or somebody does.
--
-- KEYS[1]  the value           KEYS[2]  the lease
-- ARGV[1]  the stamp that was seen (bytes 0 to 16 of the envelope), empty for none
-- ARGV[2]  the lease token offered        ARGV[3]  its TTL in milliseconds
-- ARGV[4]  '1' to be granted in any case  ARGV[5]  the asker's schema, 8 bytes
--
-- Answers  {0, micros, envelope}          found
--          {1, micros}                    granted
--          {2, micros, holder, millis}    held, by whom and for how long yet

-- The entry that the asker has not seen. Of one that it has seen, only the head is looked at.
local function unseen()
  local all, other = envelopes(KEYS[1])
  local own = ofSchema(all, ARGV[5])
  if own and string.sub(own.head, 1, 17) ~= ARGV[1] then
    return redis.call('GETRANGE', KEYS[1], own.from, own.to)
  end
  if other ~= '' and string.sub(other, 1, 17) ~= ARGV[1] then
    return redis.call('GET', KEYS[1])
  end
end

local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]

if ARGV[4] ~= '1' then
  local envelope = unseen()
  if envelope then
    return {0, micros, envelope}
  end
  local holder = redis.pcall('GET', KEYS[2])
  if type(holder) == 'string' and #holder == 16 and holder ~= ARGV[2] then
    local millis = redis.call('PTTL', KEYS[2])
    -- A lease that never ends is none of ours, and would lock the key for ever.
    if millis >= 0 then
      return {2, micros, holder, millis}
    end
  end
end

redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
return {1, micros}
