-- taken.lua - a stream's entry is done with: acknowledge, remove, perhaps
-- keep it elsewhere
-- KEYS: stream, stream for what was refused
-- ARGV: group, id, data to keep ('' = nothing), why
if ARGV[3] ~= '' then
	redis.call('XADD', KEYS[2], '*', 'data', ARGV[3], 'why', ARGV[4])
end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
return redis.call('XDEL', KEYS[1], ARGV[2])
