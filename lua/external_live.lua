-- external_live.lua - which of their profiles these users look at now
-- ARGV: users
-- Returns user, profile, user, profile, ...; "": the user's first.
local found = {}
for _, user in ipairs(ARGV) do
	local seen = {}
	for _, tab in ipairs(redis.call('HKEYS', 'tabs:' .. user)) do
		local session = string.match(tab, '/([^/]*)/')
		local profile = redis.call('HGET', 'session:' .. session,
			'profile') or ''
		if not seen[profile] then
			seen[profile] = true
			table.insert(found, user)
			table.insert(found, profile)
		end
	end
end
return found
