-- webhook_gone.lua - the receiver of a webhook wants nothing any more: the relay
-- disables it
-- KEYS: dead letters
-- ARGV: webhook, its version
-- A full memory must not prevent it: it would be asked again.
#!lua flags=allow-oom
redis.call('XADD', KEYS[1], '*', 'webhook', ARGV[1], 'gone', ARGV[2])
