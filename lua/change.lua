-- change.lua - change a field of a state hash and tell the event log, as one
-- KEYS: events, state hash ('' = the log only)
-- ARGV: log length, field, value ('' = remove), then the event's fields
if KEYS[2] ~= '' then
	if ARGV[3] == '' then
		redis.call('HDEL', KEYS[2], ARGV[2])
	else
		redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
	end
end
return redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*',
	unpack(ARGV, 4))
