-- live_sweep.lua - end what is over: tabs, those of dead processes, logins
-- uses live.lua
-- ARGV: ..., process, grace time in ms, lease of a process in ms, most at once
-- Returns 1 when the process was known to be alive, else it has to hold its
-- tabs anew, under another name.
local process, most = ARGV[3], ARGV[6]
local grace, lease = tonumber(ARGV[4]), tonumber(ARGV[5])
local now, newest, word = now_ms(), 0, {}
local list = redis.call('ZRANGE', 'live:processes', 0, -1, 'WITHSCORES')
for i = 1, #list, 2 do
	word[list[i]] = tonumber(list[i + 1])
	newest = math.max(newest, word[list[i]])
end
local known = word[process] and math.abs(now - word[process]) <= lease

-- Nobody gave a sign: Redis was away, or the clock was set. All may go on.
if math.abs(now - newest) > lease then
	for name in pairs(word) do
		word[name] = now
		redis.call('ZADD', 'live:processes', now, name)
	end
end
word[process] = now
redis.call('ZADD', 'live:processes', now, process)

-- What a dead process held has left when it was last heard of.
local function give_up(name)
	local key = 'live:' .. name
	for _, tab in ipairs(redis.call('ZRANGEBYSCORE', key, HELD, HELD,
			'LIMIT', 0, most)) do
		redis.call('ZADD', key, word[name] + grace, tab)
	end
	if redis.call('EXISTS', key) == 0 then
		redis.call('ZREM', 'live:processes', name)
	end
end

for name, at in pairs(word) do
	local key = 'live:' .. name
	if now - at > lease then
		give_up(name)
	end
	-- a clock that was set back keeps nobody here for longer
	for _, tab in ipairs(redis.call('ZRANGEBYSCORE', key,
			'(' .. now + grace, '(' .. HELD, 'LIMIT', 0, most)) do
		redis.call('ZADD', key, now + grace, tab)
	end
	local over = redis.call('ZRANGEBYSCORE', key, '-inf', now,
		'WITHSCORES', 'LIMIT', 0, most)
	for i = 1, #over, 2 do
		end_tab(name, over[i], tonumber(over[i + 1]) - grace)
	end
end

for _, login in ipairs(redis.call('ZRANGEBYSCORE', 'logins', '-inf', now,
		'LIMIT', 0, most)) do
	local user, id = string.match(login, '^([^/]*)/(.*)$')
	local expires = redis.call('HGET', 'session:' .. id, 'expires')
	if expires and tonumber(expires) > now then
		redis.call('ZADD', 'logins', expires, login)
	else
		close_session(user, id)
	end
end
return known and 1 or 0
