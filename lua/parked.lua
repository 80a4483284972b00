-- parked.lua - all that stands in many hashes
-- KEYS: the hashes   Returns their values
local all = {}
for _, key in ipairs(KEYS) do
	for _, value in ipairs(redis.call('HVALS', key)) do
		all[#all + 1] = value
	end
end
return all
