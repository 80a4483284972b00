-- watch_version.lua - from now on no older watch list is written
-- KEYS: watch_version   ARGV: version
if tonumber(redis.call('GET', KEYS[1]) or 0) < tonumber(ARGV[1]) then
	redis.call('SET', KEYS[1], ARGV[1])
end
return 0
