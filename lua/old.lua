-- old.lua - a part of the event log, and how far the log reaches back
-- KEYS: events, events:epoch   ARGV: id, most entries, bytes that are enough
-- Returns epoch, first id left ('' = none), 1 when nothing was ever trimmed,
-- the entries behind the id
local first, whole = '', true
if redis.call('EXISTS', KEYS[1]) == 1 then
	local info, list = {}, redis.call('XINFO', 'STREAM', KEYS[1])
	for i = 1, #list, 2 do
		info[list[i]] = list[i + 1]
	end
	if info['length'] > 0 then
		first = info['first-entry'][1]
	end
	whole = info['entries-added'] == info['length']
end

local list, bytes, at = {}, 0, ARGV[1]
repeat
	local some = redis.call('XRANGE', KEYS[1], '(' .. at, '+', 'COUNT', 20)
	for _, entry in ipairs(some) do
		list[#list + 1] = entry
		at = entry[1]
		for i = 2, #entry[2], 2 do
			bytes = bytes + #entry[2][i]
		end
	end
until #some < 20 or #list >= tonumber(ARGV[2]) or bytes >= tonumber(ARGV[3])

return { redis.call('GET', KEYS[2]) or '', first, whole and '1' or '0',
	list }
