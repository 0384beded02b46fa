-- What the scripts know that bring one zone's generations to another.

-- Whether the zone with this name owes something, as far as it is known here.
local function owes(marks, zone)
  if redis.call('TYPE', marks).ok == 'hash' then
    for _, each in ipairs(redis.call('HKEYS', marks)) do
      if string.sub(each, 17) == zone then
        return true
      end
    end
  end
  return false
end

