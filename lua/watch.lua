-- watch.lua - write a user's watch list and tell the event log, as one
-- KEYS: events, the list, user_state, im, presence_set, then parking of each
--       user whose rights have changed
-- ARGV: log length, list, user, time, then those users; none: it may be anybody
-- Returns 1 when the list is another one now.
-- The event is followed by the values of those users as they are, for this
-- user alone: what he may no longer see is taken from them on their way.
if redis.call('GET', KEYS[2]) == ARGV[2] then
	return 0
end
redis.call('SET', KEYS[2], ARGV[2])

local function tell(type, version, data, ...)
	redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'to', ARGV[3],
		'type', type, 'v', version, 'op', '', 'time', ARGV[4],
		'data', data, ...)
end

local named, users = {}, 'null'
for i = 5, #ARGV do
	named[#named + 1] = cjson.encode(ARGV[i])
end
if #named > 0 then
	users = '[' .. table.concat(named, ',') .. ']'
end
tell('watch.changed', 0, '{"users":' .. users .. '}')

for i = 5, #ARGV do
	local state = redis.call('HGET', KEYS[3], ARGV[i])
	if state then
		tell('presence.changed', cjson.decode(state).version, state,
			'of', ARGV[i])
	end
	local im = redis.call('HGET', KEYS[4], ARGV[i])
	if im then
		tell('presence.im_changed', cjson.decode(im).version, im,
			'of', ARGV[i])
	end
	local set = redis.call('HGET', KEYS[5], ARGV[i])
	if set then
		tell('presence.set_changed', cjson.decode(set).version, set,
			'of', ARGV[i])
	end
	for _, value in ipairs(redis.call('HVALS', KEYS[i + 1])) do
		local parked = cjson.decode(value)
		tell('parking.changed', parked.version,
			string.format('{"at":%s,"slot":%d,"version":%d,"parked":%s}',
				cjson.encode(parked.at), parked.slot,
				parked.version, value), 'of', ARGV[i])
	end
end
return 1
