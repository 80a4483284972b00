-- slow.lua - let attempts pass, the longer between them the more there were
-- KEYS: hash of this attacker or owner
-- ARGV: now in ms, free attempts, longest pause in ms, memory in ms
-- Returns 0: go on (and the attempt is counted), else ms to wait.
local now = tonumber(ARGV[1])
local free = tonumber(ARGV[2])
local at = tonumber(redis.call('HGET', KEYS[1], 'at') or 0)
if now < at then
	return at - now
end
local count = redis.call('HINCRBY', KEYS[1], 'count', 1)
if count >= free then
	local pause = 1000 * 2 ^ math.min(count - free, 20)
	pause = math.min(pause, tonumber(ARGV[3]))
	redis.call('HSET', KEYS[1], 'at', string.format('%.0f', now + pause))
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 0
