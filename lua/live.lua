-- live.lua - who is online: what several scripts begin with
-- ARGV: log length, time, then the script's own
--
-- A tab is one client of a login, "<user>/<session>/<instance>". The process of
-- mypbx-events with which it waits holds it: HELD in live:<process>. After it
-- has left, its score there is when it ends (ms). tabs:<user> finds it:
-- "<process>/<session>/<instance>" -> since when (ms).
local HELD = 9e15

local function now_ms()
	local time = redis.call('TIME')
	return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function append(scope, user, kind, version, data)
	redis.call('XADD', 'events', 'MAXLEN', '~', ARGV[1], '*', scope, user,
		'type', kind, 'v', version, 'op', '', 'time', ARGV[2],
		'data', data)
end

-- Away is who has nothing but tabs of logins that say so.
local function tuple_of(user)
	local tabs = redis.call('HKEYS', 'tabs:' .. user)
	if #tabs == 0 then
		return '"status":"closed","activity":null'
	end
	for _, tab in ipairs(tabs) do
		local session = string.match(tab, '/([^/]*)/')
		local key = 'session:' .. session
		if not redis.call('HGET', key, 'inactive') then
			return '"status":"open","activity":null'
		end
	end
	return '"status":"open","activity":"away"'
end

-- The tuple im: follows the tabs; when that changes it, the log says so.
local function tell(user)
	local tuple = tuple_of(user)
	local was = redis.call('HGET', 'im', user) or
		'"status":"closed","activity":null'
	if string.find(was, tuple, 1, true) then
		return
	end
	local known = tonumber(string.match(was, '"version":(%d+)') or 0)
	local version = string.format('%.0f', math.max(now_ms(), known + 1))
	local data = '{"user":"' .. user .. '",' .. tuple .. ',"since":"' ..
		ARGV[2] .. '","version":' .. version .. '}'
	redis.call('HSET', 'im', user, data)
	append('of', user, 'presence.im_changed', version, data)
end

local function end_tab(process, tab, seen)
	local user, session, instance = string.match(tab,
		'^([^/]*)/([^/]*)/(.*)$')
	redis.call('ZREM', 'live:' .. process, tab)
	redis.call('HDEL', 'tabs:' .. user,
		process .. '/' .. session .. '/' .. instance)
	local key = 'session:' .. session
	if redis.call('EXISTS', key) == 1 then
		local known = tonumber(redis.call('HGET', key, 'seen')) or 0
		redis.call('HSET', key, 'seen',
			string.format('%.0f', math.max(seen, known)))
	end
	tell(user)
end

-- A login, or the service to a token, ends. Returns whether there was one.
local function close_session(user, id)
	local was = redis.call('ZREM', 'logins', user .. '/' .. id) +
		redis.call('DEL', 'session:' .. id)
	redis.call('ZREM', 'sessions:' .. user, id)
	for _, tab in ipairs(redis.call('HKEYS', 'tabs:' .. user)) do
		local process, session, instance = string.match(tab,
			'^([^/]*)/([^/]*)/(.*)$')
		if session == id then
			redis.call('HDEL', 'tabs:' .. user, tab)
			redis.call('ZREM', 'live:' .. process,
				user .. '/' .. session .. '/' .. instance)
		end
	end
	if was > 0 then
		append('to', user, 'session.closed', '2',
			'{"id":"' .. id .. '"}')
	end
	tell(user)
	return was > 0
end
