-- revoke.lua - a user's logins end that are no longer his
-- uses live.lua
-- ARGV: ..., user, token or '', mark that logins must have, '' = none may stay,
--       a login that may, or ''
-- A token named ends alone. When no login may stay, his tokens end, too.
local user, token, mark, except = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
if token ~= '' then
	redis.call('SREM', 'tokens:' .. user, token)
	return close_session(user, token) and 1 or 0
end
for _, id in ipairs(redis.call('ZRANGE', 'sessions:' .. user, 0, -1)) do
	local key = 'session:' .. id
	if id ~= except and
		(mark == '' or redis.call('HGET', key, 'mark') ~= mark) then
		close_session(user, id)
	end
end
if mark == '' and except == '' then
	for _, id in ipairs(redis.call('SMEMBERS', 'tokens:' .. user)) do
		close_session(user, id)
	end
	redis.call('DEL', 'tokens:' .. user)
end
return 1
