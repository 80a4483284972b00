-- looked.lua - note that a user looks at all whom he may see
-- KEYS: looks, his watch list
-- ARGV: day, user, how
return redis.call('SADD', KEYS[1], table.concat({ ARGV[1], ARGV[2], ARGV[3],
	redis.call('GET', KEYS[2]) or '' }, ' '))
