-- live_hold.lua - tabs wait with a process from now on
-- uses live.lua
-- ARGV: ..., process, logins of a user that may be live (0: any), tabs
-- Returns the tabs that are too many.
local function is_full(user, id)
	local others, count, most = {}, 0, tonumber(ARGV[4])
	for _, tab in ipairs(redis.call('HKEYS', 'tabs:' .. user)) do
		local session = string.match(tab, '/([^/]*)/')
		if session ~= id and not others[session] then
			others[session] = true
			count = count + 1
		end
	end
	return most > 0 and count >= most
end

local process, now, full = ARGV[3], now_ms(), {}
redis.call('ZADD', 'live:processes', 'NX', now, process)
for tab in string.gmatch(ARGV[5], '%S+') do
	local user, session, instance = string.match(tab,
		'^([^/]*)/([^/]*)/(.*)$')
	if redis.call('EXISTS', 'session:' .. session) == 0 then
		-- it has ended this moment, and its poll will hear of it
	elseif is_full(user, session) then
		full[#full + 1] = tab
	else
		redis.call('ZADD', 'live:' .. process, HELD, tab)
		redis.call('HSETNX', 'tabs:' .. user, process .. '/' ..
			session .. '/' .. instance, string.format('%.0f', now))
		tell(user)
	end
end
return full
