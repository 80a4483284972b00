-- watch.lua - write a user's watch list and tell the event log, as one
-- KEYS: events, the list, watch_version, user_state, im, presence_set,
--       then parking of each user whose rights have changed
-- ARGV: log length, the list that was there, list, version it was made from,
--       user, time, those users as JSON: [[name, user, or null for one who may
--       not be seen any more]]; null: it may be anybody
-- Returns 1 when the list is another one now, 0 when it was the same, -1 when
-- somebody wrote another one meanwhile.
-- The event is followed by the values of those users as they are, for this
-- user alone: what he may no longer see is taken from them on their way.
local newest = tonumber(redis.call('GET', KEYS[3]) or 0)
if newest > tonumber(ARGV[4]) or
		(redis.call('GET', KEYS[2]) or '') ~= ARGV[2] then
	return -1
end
if newest < tonumber(ARGV[4]) then
	redis.call('SET', KEYS[3], ARGV[4])
end
if ARGV[2] == ARGV[3] then
	return 0
end
redis.call('SET', KEYS[2], ARGV[3])

local function tell(type, version, data, ...)
	redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'to', ARGV[5],
		'type', type, 'v', version, 'op', '', 'time', ARGV[6],
		'data', data, ...)
end

local told = cjson.decode(ARGV[7])
local named, users = {}, 'null'
if told ~= cjson.null then
	for i, one in ipairs(told) do
		named[i] = cjson.encode(one[1])
	end
	users = '[' .. table.concat(named, ',') .. ']'
end
tell('watch.changed', 0, '{"users":' .. users .. '}')

for i = 1, #named do
	local name, user = told[i][1], told[i][2]
	if user ~= cjson.null then
		tell('user.changed', user.version, cjson.encode(user), 'of', name)
	end
	local state = redis.call('HGET', KEYS[4], name)
	if state then
		tell('presence.changed', cjson.decode(state).version, state,
			'of', name)
	end
	local im = redis.call('HGET', KEYS[5], name)
	if im then
		tell('presence.im_changed', cjson.decode(im).version, im,
			'of', name)
	end
	local set = redis.call('HGET', KEYS[6], name)
	if set then
		tell('presence.set_changed', cjson.decode(set).version, set,
			'of', name)
	end
	for _, value in ipairs(redis.call('HVALS', KEYS[6 + i])) do
		local parked = cjson.decode(value)
		tell('parking.changed', parked.version,
			string.format('{"at":%s,"slot":%d,"version":%d,"parked":%s}',
				cjson.encode(parked.at), parked.slot,
				parked.version, value), 'of', name)
	end
	if user == cjson.null then
		tell('user.removed', 0, '{"name":' .. named[i] .. '}', 'of', name)
	end
end
return 1
