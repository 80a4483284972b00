-- live_activity.lua - a login says whether somebody sits in front of it
-- uses live.lua
-- ARGV: ..., user, session, 1 = nobody
if redis.call('EXISTS', 'session:' .. ARGV[4]) == 1 then
	if ARGV[5] == '1' then
		redis.call('HSET', 'session:' .. ARGV[4], 'inactive', '1')
	else
		redis.call('HDEL', 'session:' .. ARGV[4], 'inactive')
	end
	tell(ARGV[3])
end
return 1
