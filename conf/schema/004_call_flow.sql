-- 004_call_flow.sql - what happened to a call on its way

-- A call that goes over into another conversation (a transfer, a pick-up)
-- keeps the one that it began in: records of one flow hang together by both.
ALTER TABLE call_records
	ADD COLUMN origin text,		-- conversation that it began in
	ADD COLUMN via jsonb NOT NULL DEFAULT '[]',
					-- [{"number", "name", "why"}]
	ADD COLUMN legs jsonb NOT NULL DEFAULT '[]',
					-- [{"device", "started", "answered",
					--   "ended", "sip"}]
	ADD COLUMN missed boolean NOT NULL DEFAULT false,
	ADD COLUMN dialled text;	-- as the caller wrote it
UPDATE call_records SET origin = conversation;
CREATE INDEX call_records_conversation ON call_records (conversation);
CREATE INDEX call_records_origin ON call_records (origin);
