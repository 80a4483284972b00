-- session_open.lua - a login: its record, its user's list, the event, as one
-- uses live.lua
-- ARGV: ..., lifetime in s, id, created in ms, most logins, user, data of the
--       event, expires in ms, then the record's fields
-- Returns nil when as many as there may be are live; else the logins that were
-- ended to make room: of those that are not live, whose last use is longest ago.
local life, id, created, most = ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
local user = ARGV[7]
local list = 'sessions:' .. user

-- One that has expired by itself may still be in the list.
local function count()
	for _, other in ipairs(redis.call('ZRANGE', list, 0, -1)) do
		if redis.call('EXISTS', 'session:' .. other) == 0 then
			redis.call('ZREM', list, other)
		end
	end
	return redis.call('ZCARD', list)
end

local function live_ones()
	local live = {}
	for _, tab in ipairs(redis.call('HKEYS', 'tabs:' .. user)) do
		live[string.match(tab, '/([^/]*)/')] = true
	end
	return live
end

local function seen(other)
	local s = redis.call('HMGET', 'session:' .. other, 'created',
		'expires', 'seen')
	return math.max(tonumber(s[1] or 0), tonumber(s[2] or 0) - life * 1000,
		tonumber(s[3] or 0))
end

local function unused()
	local idle, live = {}, live_ones()
	for _, other in ipairs(redis.call('ZRANGE', list, 0, -1)) do
		if not live[other] then
			idle[#idle + 1] = { id = other, seen = seen(other) }
		end
	end
	table.sort(idle, function(a, b) return a.seen < b.seen end)
	return idle
end

local surplus, ended = count() + 1 - most, {}
if surplus > 0 then
	local idle = unused()
	if #idle < surplus then
		return false
	end
	for i = 1, surplus do
		close_session(user, idle[i].id)
		ended[i] = idle[i].id
	end
end

redis.call('HSET', 'session:' .. id, 'expires', unpack(ARGV, 9))
redis.call('EXPIRE', 'session:' .. id, life)
redis.call('ZADD', list, created, id)
redis.call('EXPIRE', list, life)
redis.call('ZADD', 'logins', ARGV[9], user .. '/' .. id)
append('to', user, 'session.opened', '1', ARGV[8])
return ended
