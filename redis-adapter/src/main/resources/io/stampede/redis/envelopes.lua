-- What claim, publish and expire know of a value: envelopes of different schemas, one behind the other. Each begins with
-- a head of 82 bytes, counted from 0:
--
--   0   1  format, 2
--   1  16  version
--  17   8  fresh until, in microseconds since the epoch
--  25   8  dead at, likewise
--  66   8  schema
--  74   4  length of the tags, t
--  78   4  length of the payload, p
--
-- after which t + p bytes follow that nobody here has to read.

-- Answers the envelopes, each with its head and where it begins and ends. If the value is anything else than envelopes,
-- there are none, and its first bytes come second: whatever they are, they can be replaced.
local function envelopes(key)
  local all = {}
  local start, length
  local from = 0
  repeat
    -- A key of the wrong type holds nothing usable, hence pcall.
    local head = redis.pcall('GETRANGE', key, from, from + 81)
    if type(head) ~= 'string' then
      return {}, ''
    end
    start = start or head
    if #head < 82 or string.byte(head) ~= 2 then
      return {}, start
    end
    length = length or redis.call('STRLEN', key)
    local tags, payload = struct.unpack('>I4I4', head, 75)
    local behind = from + 82 + tags + payload
    all[#all + 1] = {head = head, from = from, to = behind - 1}
    from = behind
  until from >= length
  if from > length then
    return {}, start
  end
  return all, ''
end

local function schemaOf(envelope)
  return string.sub(envelope.head, 67, 74)
end

-- The one envelope of a schema, or nil.
local function ofSchema(all, schema)
  for _, envelope in ipairs(all) do
    if schemaOf(envelope) == schema then
      return envelope
    end
  end
end

local function freshUntil(envelope)
  return (struct.unpack('>i8', envelope.head, 18))
end

local function deadAt(envelope)
  return (struct.unpack('>i8', envelope.head, 26))
end

