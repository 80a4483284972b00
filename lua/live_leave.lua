-- live_leave.lua - tabs have left: they end when nobody came back in time
-- uses live.lua
-- ARGV: ..., process, grace time in ms, "tab ms-since-it-left ..."
local now = now_ms()
for tab, ago in string.gmatch(ARGV[5], '(%S+) (%d+)') do
	redis.call('ZADD', 'live:' .. ARGV[3], 'XX',
		now + ARGV[4] - tonumber(ago), tab)
end
