-- What every script knows that tells the bus: messages are numbered, so that a node which misses one can notice.
--
-- The cache's state is a hash of its generation (g, 16 bytes) and the number of its last message (n). The two are lost
-- together, and then the generation is a new one; so a number never means two messages of one generation.

-- Tells the bus. The write itself comes first: when Redis is out of memory, only a script that has written something may
-- count on.
local function tell(state, channel, micros, revoked, message)
  local number = redis.pcall('HINCRBY', state, 'n', 1)
  if type(number) ~= 'number' then
    if string.find(number.err, 'OOM', 1, true) or string.find(number.err, 'READONLY', 1, true) then
      error(number.err)
    end
    redis.call('DEL', state) -- none of ours
    number = redis.call('HINCRBY', state, 'n', 1)
  end
  if number == 1 and redis.call('PTTL', state) < 0 then
    -- The state was lost. Who asks for the generation next gives it a new one, and its proper lifetime.
    redis.call('PEXPIRE', state, 3600000)
  end
  redis.call('PUBLISH', channel,
    string.format('%016.0f', micros) .. revoked .. string.format('%016.0f', number) .. message)
end

