-- webhook_move.lua - events go into the queues of webhooks, and with them the
-- position up to which the log was read, as one
-- KEYS: position, log, queues
-- ARGV: position as it must be ('-': leave it), new position, epoch, then for
--       each copy: id of the event, number of its queue, its lane
-- Returns 0 when the position is another one: somebody else moves, too.
if ARGV[1] ~= '-' then
	if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then
		return 0
	end
	redis.call('SET', KEYS[1], ARGV[2])
end
local id, event
for i = 4, #ARGV, 3 do
	if ARGV[i] ~= id then
		id = ARGV[i]
		event = redis.call('XRANGE', KEYS[2], id, id)[1]
	end
	if event then
		redis.call('XADD', KEYS[2 + ARGV[i + 1]], '*',
			'cursor', ARGV[3] .. '-' .. id, 'lane', ARGV[i + 2],
			unpack(event[2]))
	end
end
return 1
