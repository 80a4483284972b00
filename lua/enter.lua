-- enter.lua - find a login and charge its user's budget, as one
-- KEYS: session
-- ARGV: secret hash, prefix of the budget's key, window in ms (0 = no budget)
-- Returns nothing for no login, else its fields, then count and ms left.
-- The budget's key is made here, because only the session knows its user.
local s = redis.call('HMGET', KEYS[1], 'secret_hash', 'user', 'agent',
	'address', 'client', 'created', 'expires', 'mark', 'scopes', 'seen')
if not s[1] or s[1] ~= ARGV[1] or not s[8] then
	return {}
end
local count, left = 0, 0
if ARGV[3] ~= '0' then
	local key = ARGV[2] .. s[2]
	count = redis.call('INCR', key)
	if count == 1 then
		redis.call('PEXPIRE', key, ARGV[3])
	end
	left = redis.call('PTTL', key)
end
s[11] = count
s[12] = left
return s
