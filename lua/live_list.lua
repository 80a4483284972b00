-- live_list.lua - tabs of a user
-- KEYS: tabs of the user
-- Returns session, instance, since when (ms), when it ends (ms, '' = held), ...
local list, all = {}, redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
	local process, session, instance = string.match(all[i],
		'^([^/]*)/([^/]*)/(.*)$')
	local ends = redis.call('ZSCORE', 'live:' .. process,
		string.sub(KEYS[1], 6) .. '/' .. session .. '/' .. instance)
	local held = not ends or tonumber(ends) >= 9e15
	for _, value in ipairs({ session, instance, all[i + 1],
			held and '' or ends }) do
		list[#list + 1] = value
	end
end
return list
