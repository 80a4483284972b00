-- look.lua - is the event log still the one that was read up to an id?
-- KEYS: events, events:epoch
-- ARGV: last id read, epoch it was read in ('' = none yet), epoch for a new log
-- Returns epoch, first id left ('' = none), newest id ever, 1 for a gap
local function older(a, b)
	local ams, aseq = string.match(a, '(%d+)-(%d+)')
	local bms, bseq = string.match(b, '(%d+)-(%d+)')
	ams, bms = tonumber(ams), tonumber(bms)
	return ams < bms or ams == bms and tonumber(aseq) < tonumber(bseq)
end

local first, newest, whole = '', '0-0', true
if redis.call('EXISTS', KEYS[1]) == 1 then
	local info, list = {}, redis.call('XINFO', 'STREAM', KEYS[1])
	for i = 1, #list, 2 do
		info[list[i]] = list[i + 1]
	end
	if info['length'] > 0 then
		first = info['first-entry'][1]
	end
	newest = info['last-generated-id']
	whole = info['entries-added'] == info['length']
end

local missing = ARGV[1] ~= '0-0' and
	#redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) == 0

-- A log whose end lies before what was read lost entries (a restart without
-- its last second, a clock set back), as did one that has older ones but not
-- that one (a replica that took over): it is a new log, for cursors of the old
-- one may stand where nothing is. Only the first who sees it says so.
local epoch = redis.call('GET', KEYS[2])
local lost = older(newest, ARGV[1]) or
	missing and first ~= '' and not older(ARGV[1], first)
if not epoch or epoch == ARGV[2] and lost then
	epoch = ARGV[3]
	redis.call('SET', KEYS[2], epoch)
end

local gap = missing
if ARGV[1] == '0-0' then
	gap = not whole
end
return {epoch, first, newest, gap and '1' or '0'}
