-- session_open.lua - a login: its record, its user's list, the event, as one
-- KEYS: events, session, sessions of the user, logins
-- ARGV: log length, lifetime in s, id, created in ms, most logins, user,
--       time, data of the event, expires in ms, then the record's fields
-- Returns the logins that are too many, oldest first.
redis.call('HSET', KEYS[2], 'expires', unpack(ARGV, 9))
redis.call('EXPIRE', KEYS[2], ARGV[2])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[3])
redis.call('EXPIRE', KEYS[3], ARGV[2])
redis.call('ZADD', KEYS[4], ARGV[9], ARGV[6] .. '/' .. ARGV[3])
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'to', ARGV[6],
	'type', 'session.opened', 'v', '1', 'op', '', 'time', ARGV[7],
	'data', ARGV[8])
return redis.call('ZRANGE', KEYS[3], 0, -1 - tonumber(ARGV[5]))
