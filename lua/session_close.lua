-- session_close.lua - a login ends: its record goes, the event says so, as one
-- KEYS: events, session, sessions of the user, live
-- ARGV: log length, id, user, time, data of the event
-- Returns 1 when there was one.
redis.call('ZREM', KEYS[3], ARGV[2])
redis.call('DEL', KEYS[4])
if redis.call('DEL', KEYS[2]) == 0 then
	return 0
end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'to', ARGV[3],
	'type', 'session.closed', 'v', '2', 'op', '', 'time', ARGV[4],
	'data', ARGV[5])
return 1
