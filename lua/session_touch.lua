-- session_touch.lua - a login lives longer, if it still lives
-- KEYS: session, sessions of the user, logins
-- ARGV: expires in ms, lifetime in s, "user/session"
if redis.call('EXISTS', KEYS[1]) == 1 then
	redis.call('HSET', KEYS[1], 'expires', ARGV[1])
	redis.call('EXPIRE', KEYS[1], ARGV[2])
	redis.call('EXPIRE', KEYS[2], ARGV[2])
	redis.call('ZADD', KEYS[3], ARGV[1], ARGV[3])
end
return 1
