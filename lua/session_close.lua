-- session_close.lua - a login ends: its record goes, the event says so, as one
-- uses live.lua
-- ARGV: ..., user, id   Returns 1 when there was one.
return close_session(ARGV[3], ARGV[4]) and 1 or 0
