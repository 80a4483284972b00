-- webhook_bury.lua - an event that was given up leaves its queue for those that
-- the relay brings to PostgreSQL, as one
-- KEYS: queue, dead letters
-- ARGV: its id in the queue, webhook, why, tries
-- Returns its cursor, or nil when it is not there any more.
-- A full memory must not prevent it: the queue gets shorter.
#!lua flags=allow-oom
local entry = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1]
if not entry then
	return false
end
redis.call('XADD', KEYS[2], '*', 'webhook', ARGV[2], 'why', ARGV[3],
	'tries', ARGV[4], unpack(entry[2]))
redis.call('XDEL', KEYS[1], ARGV[1])
for i = 1, #entry[2], 2 do
	if entry[2][i] == 'cursor' then
		return entry[2][i + 1]
	end
end
