-- profile_select.lua - a login uses a profile, if it still lives
-- KEYS: events, session
-- ARGV: log length, profile, then the event's fields
if redis.call('HEXISTS', KEYS[2], 'expires') == 0 then
	return 0
end
redis.call('HSET', KEYS[2], 'profile', ARGV[2])
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', unpack(ARGV, 3))
return 1
